"""What the page about adoption shows is what is printed and written."""

import re
import shutil
from pathlib import Path

from holdfast.core.declaration import DECLARATION_NAME
from tests.app.adoption import write_roots
from tests.cli.conftest import CommandLine
from tests.support.source_tree import ROOT
from tests.support.worlds import running_world

PAGE = ROOT / "docs/how-to/adopt-an-existing-fleet.md"
CONSOLE = re.compile(r"```console\n\$ holdfast (?P<command>.*)\n(?P<output>(?:.*\n)*?)```\n")
YAML = re.compile(r"```yaml\n(?P<text>(?:.*\n)*?)```\n")
SECOND_TABLE = {
    "bucket": "msdp-terraform-state-dev",
    "key": "azure/dns/terraform.tfstate",
    "dynamodb_table": "msdp-dns-locks",
}


def shown(cli: CommandLine, *arguments: str) -> tuple[str, str, int]:
    """Return a command with all that it wrote, as the page shows it, and its exit code."""
    done = cli(*arguments)
    return " ".join(arguments), done.output + done.errors, done.status


def test_the_page_shows_what_is_printed_and_written(cli: CommandLine, tmp_path: Path) -> None:
    with running_world("shared-table", tmp_path / "world") as world:
        cli.join(world)
        repository = shutil.copytree(world.repository, tmp_path / "repository")
        cli.environment.chdir(repository)
        found = [shown(cli, "init"), shown(cli, "init", "--check")]
        text = (repository / DECLARATION_NAME).read_text(encoding="utf-8")
        write_roots(repository, {"infrastructure/azure/dns/dev": SECOND_TABLE})
        found.append(shown(cli, "init", "--check"))
    page = PAGE.read_text(encoding="utf-8")
    assert [status for _, _, status in found] == [0, 0, 4]
    assert [(command, output) for command, output, _ in found] == [
        (block["command"], block["output"]) for block in CONSOLE.finditer(page)
    ]
    assert [block["text"] for block in YAML.finditer(page)] == [text]
