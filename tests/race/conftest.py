"""The races: how long they are, what their tests share, and the figures that they print.

`make test` runs them short. `make race` runs them long and prints the figures.
"""

import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from holdfast.aws.connections import Connections
from tests.race.figures import Figures, figures_table
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, site
from tests.support.markdown import PAGE, record
from tests.support.observation import use_credentials

LONG = "--long-races"
RECORD = "--record-races"
ROW = "race"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("race")
    group.addoption(LONG, action="store_true", help="take thousands of locks in each race")
    group.addoption(RECORD, action="store_true", help=f"write the figures into {PAGE.name} as well")


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    """A fresh account of which this process is a member."""
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def place(member: FreshAccount, connections: Connections) -> Site:
    """A versioned bucket and a table on the embedded AWS."""
    return site(member, connections)


@pytest.fixture
def faulty(member: FreshAccount, connections: Connections, fault_proxy: FaultProxy) -> Site:
    """A versioned bucket and a table behind the fault proxy."""
    return site(member, connections, through=fault_proxy.url)


@pytest.fixture
def figures(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Figures:
    """How much the races of this run do, and where their figures go."""

    def keep(row: Sequence[str]) -> None:
        record_property(ROW, json.dumps(row))

    return Figures(long=request.config.getoption(LONG, default=False), record=keep)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(LONG, default=False):
        config.pluginmanager.register(Reports(config), "race-reports")


class Reports:
    """Collect the figures of all workers, and print them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.rows: list[list[str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.rows += [
                json.loads(str(row)) for name, row in report.user_properties if name == ROW
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.rows:
            return
        text = figures_table(self.rows)
        terminalreporter.section("races")
        terminalreporter.write_line(text)
        if self.config.getoption(RECORD):
            record("races", text)
