"""The proof that the generated policies are enough, and that nothing in them is superfluous.

`make test` takes out each part in turn and runs the verb that needs it most. `make least-privilege` runs every verb without it, for
every role, and prints what it saw as tables.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict

import pytest

from holdfast.sandbox.embedded import Sandbox
from tests.cli.conftest import CommandLine
from tests.least_privilege.examples import ALL_VERBS, grants_of_run, reads_of_run, removals_of_run
from tests.least_privilege.sites import Mode, Site, site
from tests.least_privilege.tables import Seen, removals_table, verbs_table
from tests.support.fixtures import fresh_account
from tests.support.markdown import record
from tests.support.source_tree import ROOT

EVERY_VERB = "--every-verb"
RECORD = "--record-least-privilege"
PAGE = ROOT / "docs" / "explanation" / "least-privilege.md"
SEEN = "least privilege"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("least privilege")
    group.addoption(EVERY_VERB, action="store_true", help="run every verb, for every role")
    group.addoption(RECORD, action="store_true", help=f"write the tables into {PAGE.name} as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every_verb = metafunc.config.getoption(EVERY_VERB, default=False)
    if "grant" in metafunc.fixturenames:
        grants = grants_of_run(every_verb=every_verb)
        metafunc.parametrize("grant", grants, ids=[str(each) for each in grants])
    if "read" in metafunc.fixturenames:
        reads = reads_of_run(every_verb=every_verb)
        metafunc.parametrize("read", reads, ids=[str(each) for each in reads])
    if "lack" in metafunc.fixturenames:
        lacks = removals_of_run(every_verb=every_verb)
        metafunc.parametrize("lack", lacks, ids=[str(each) for each in lacks])


@pytest.fixture(scope="session")
def site_of(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Mode], Site]]:
    """Sites by their mode, each made once for each worker."""
    made: dict[Mode, Site] = {}
    with ExitStack() as stack:

        def of_mode(mode: Mode) -> Site:
            if mode not in made:
                directory = tmp_path_factory.mktemp("roots")
                made[mode] = stack.enter_context(site(fresh_account(sandbox), mode, directory))
            return made[mode]

        yield of_mode


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line inside this process, without colours."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return CommandLine(environment=monkeypatch, captured=capsys)


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Callable[[Seen], None]:
    """Put what a test saw into the tables."""
    return lambda seen: record_property(SEEN, json.dumps(asdict(seen)))


# The tables, made where the reports of all workers come together -------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(EVERY_VERB, default=False):
        config.pluginmanager.register(Reports(config), "least-privilege-reports")


class Reports:
    """Collect what the tests saw, and print it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seen: list[Seen] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seen += [
                Seen(**json.loads(str(value)))
                for name, value in report.user_properties
                if name == SEEN
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.seen:
            return
        tables = {
            "verbs": verbs_table(self._sorted(), [verb.name for verb in ALL_VERBS]),
            "removals": removals_table(self._sorted()),
        }
        terminalreporter.section("least privilege")
        for name, text in tables.items():
            terminalreporter.write_line(text)
            if self.config.getoption(RECORD):
                record(name, text, PAGE)

    def _sorted(self) -> list[Seen]:
        """Return what was seen in the order of the examples, whichever worker was first."""
        grants = [(each.role.value, str(each.mode)) for each in grants_of_run(every_verb=True)]
        order = list(dict.fromkeys(grants))
        verbs = [verb.name for verb in ALL_VERBS]
        lacks = [
            (each.role.value, str(each.mode), str(each.removal))
            for each in removals_of_run(every_verb=True)
        ]
        return sorted(
            self.seen,
            key=lambda each: (
                lacks.index((each.role, each.mode, each.removed)) if each.removed else -1,
                order.index((each.role, each.mode)),
                verbs.index(each.verb),
            ),
        )
