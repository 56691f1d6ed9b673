"""The suite in which engines apply while their fleet goes from one way of locking to another, and the table that it prints.

`make test` runs the engine of the development environment, once in every state and stage. `make no-lost-write` runs every
engine that knows lock files, more often, and prints what was seen.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from tests.app.locking.ground import Ground
from tests.no_lost_write.checkouts import Work
from tests.no_lost_write.fleet import WorkedFleet
from tests.support.engines import DEVELOPMENT_ENGINE, RealEngine, all_engines
from tests.support.fixtures import FreshAccount
from tests.support.markdown import markdown_table

LONG = "--long-work"
ROW = "locking stage"
HEADINGS = (
    "Terraform",
    "while the fleet",
    "applies",
    "initialised again",
    "lock gone meanwhile",
)
SHORT_APPLIES, LONG_APPLIES = 1, 5


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("no lost write")
    group.addoption(LONG, action="store_true", help="every engine, and many applies in each stage")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", engines(metafunc.config), ids=lambda each: str(each.version))


def engines(config: pytest.Config) -> list[RealEngine]:
    """Return the engines of this run; one that is not installed ends the run."""
    if not config.getoption(LONG, default=False):
        return [DEVELOPMENT_ENGINE]
    found = [each for each in all_engines() if each.has_lockfile]
    missing = ", ".join(str(each.version) for each in found if not each.is_installed)
    if missing:
        pytest.exit(f"not installed: {missing}; run `make engines`", returncode=2)
    return found


@pytest.fixture
def applies(request: pytest.FixtureRequest) -> int:
    """How often each state is written in each stage at least."""
    return LONG_APPLIES if request.config.getoption(LONG, default=False) else SHORT_APPLIES


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections() as opened:
        yield opened


@pytest.fixture
def fleet(
    account: FreshAccount, engine: RealEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> WorkedFleet:
    """A fleet without any root yet, of whose account this process is a member."""
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    ground = Ground(
        account=account,
        bucket=account.clients.create_bucket(account.name("states"), versioning=True),
        table=account.clients.create_lock_table(account.name("locks")),
        directory=tmp_path / "code",
    )
    return WorkedFleet(ground=ground, engine=engine, work=Work())


@pytest.fixture
def see(
    engine: RealEngine, record_property: Callable[[str, object], None]
) -> Callable[[Sequence[str]], None]:
    """Put a row of this engine into the table."""
    return lambda row: record_property(ROW, json.dumps([str(engine.version), *row]))


# The table, made where the reports of all workers come together ---------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(LONG, default=False):
        config.pluginmanager.register(Reports(), "no-lost-write-reports")


class Reports:
    """Collect the rows of all workers, and print them at the end."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.rows += [
                json.loads(str(text)) for name, text in report.user_properties if name == ROW
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.rows:
            terminalreporter.section("no lost write")
            terminalreporter.write_line(markdown_table(list(HEADINGS), self.rows))
