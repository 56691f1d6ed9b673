"""What the page about backend files shows is what is printed."""

import re
import shlex
from pathlib import Path

from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import declare
from tests.support.source_tree import ROOT

PAGE = ROOT / "docs/how-to/generate-backend-files.md"
BLOCK = re.compile(r"```console\n\$ holdfast (?P<command>.*)\n(?P<output>(?:.*\n)*?)```\n")
CHANGE = "## When the declaration changes"


def test_the_page_shows_what_is_printed(cli: CommandLine, declared_repository: Path) -> None:
    before, heading, after = PAGE.read_text(encoding="utf-8").partition(CHANGE)
    assert heading == CHANGE
    shown, printed = [], []
    for part in (before, after):
        if part is after:
            declare(declared_repository, "locking: dynamodb", "locking: both")
        for block in BLOCK.finditer(part):
            found = cli(*shlex.split(block["command"]))
            shown.append((block["command"], block["output"]))
            printed.append((block["command"], found.output + found.errors))
    assert len(shown) == 6
    assert printed == shown
