"""Every command, rule and error is documented, and the generated pages say what the code says."""

import re
from pathlib import Path

import click
import pytest

from docs.build import REFERENCE, pages
from holdfast.cli.group import commands
from holdfast.cli.overview import COMMANDS, EXIT_CODES
from holdfast.core.planning import ORDER
from holdfast.core.step_words import words_of
from holdfast.errors import ExitCode
from tests.support.steps import ALL_STEPS

ROOT = Path(__file__).parents[2]
WRITTEN_PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_generated_page_is_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_overview_says_what_the_command_says(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    assert (command.help or "").partition("\n")[0] == COMMANDS[name]


def test_the_page_on_steps_that_wait_names_each_of_them() -> None:
    page = (ROOT / "docs/explanation/steps-that-wait.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert named == {ORDER[type(step)] for step in ALL_STEPS if words_of(step).caution}


def test_the_overview_lists_every_exit_code() -> None:
    assert set(EXIT_CODES) == {code.value for code in ExitCode}


@pytest.mark.parametrize("page", WRITTEN_PAGES, ids=lambda page: page.name)
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    named = set(
        re.findall(r"(?:^\$ |`)holdfast ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named - set(COMMANDS) == set()


@pytest.mark.parametrize("page", WRITTEN_PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
