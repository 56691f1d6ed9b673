"""The conformance suite: which engines it runs, what its tests share, and the table that it prints.

`make test` runs the engine of the development environment. `make conformance` runs all of them, in every mode
that each knows, and prints what the tests saw as one table.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.engines import Version
from tests.conformance.roots import EngineRoot, engine_root
from tests.conformance.table import FAILED, Cell, Direction, table
from tests.support.engines import DEVELOPMENT_ENGINE, RealEngine, all_engines
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, site
from tests.support.markdown import PAGE, record
from tests.support.observation import use_credentials

ALL_ENGINES = "--all-engines"
RECORD = "--record"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption(ALL_ENGINES, action="store_true", help="run every engine, not only the newest")
    group.addoption(RECORD, action="store_true", help=f"write the table into {PAGE.name} as well")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", engines(metafunc.config), ids=lambda each: str(each.version))
    if "root" not in metafunc.fixturenames:
        return
    mixed = getattr(metafunc.module, "DIRECTION", None) is Direction.MIXED
    pairs = [
        (engine, locking)
        for engine in engines(metafunc.config)
        for locking in (Locking.DYNAMODB, Locking.LOCKFILE, Locking.BOTH)
        if engine.has_lockfile or not locking.uses_lockfile
        if not mixed or locking is Locking.DYNAMODB
    ]
    names = [f"{engine.version}-{locking.value}" for engine, locking in pairs]
    metafunc.parametrize("root", pairs, ids=names, indirect=True)


def engines(config: pytest.Config) -> tuple[RealEngine, ...]:
    """Return the engines of this run; one that is not installed ends the run."""
    if not config.getoption(ALL_ENGINES, default=False):
        return (DEVELOPMENT_ENGINE,)
    found = all_engines()
    missing = ", ".join(str(engine.version) for engine in found if not engine.is_installed)
    if missing:
        message = f"Terraform {missing} is not installed: run `make engines`"
        raise pytest.UsageError(message)
    return found


@pytest.fixture
def place(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A versioned bucket and a table of a fresh account, of which this process is a member."""
    use_credentials(monkeypatch, account.id)
    with Connections(attempts_max=1) as connections:
        yield site(account, connections)


@pytest.fixture
def root(request: pytest.FixtureRequest, place: Site, tmp_path: Path) -> EngineRoot:
    """An initialised root of each engine, in each mode that it knows."""
    engine, locking = request.param
    return engine_root(place, engine, locking, tmp_path / "roots" / "root")


@pytest.fixture
def see(
    root: EngineRoot,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> Callable[[str], None]:
    """Say in the table what the test saw; a test that fails before it is shown as failed."""
    record_property("engine", str(root.engine.version))
    record_property("locking", root.locking.value)
    record_property("direction", request.module.DIRECTION.value)
    return lambda words: record_property("seen", words)


# The table, made where the reports of all workers come together --------------------------------


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Reports(config), "conformance-reports")


class Reports:
    """Collect what the tests saw, and print it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.cells: list[Cell] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        values = dict(report.user_properties)
        if report.when != "call" or "direction" not in values:
            return
        cell = Cell(
            engine=_version(str(values["engine"])),
            locking=Locking(str(values["locking"])),
            direction=Direction(str(values["direction"])),
            seen=str(values["seen"]) if report.passed else FAILED,
        )
        self.cells.append(cell)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.cells or not self.config.getoption(ALL_ENGINES, default=False):
            return
        text = table(self.cells)
        terminalreporter.section("conformance")
        terminalreporter.write_line(text)
        if self.config.getoption(RECORD):
            record("table", text)


def _version(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None
    return version
