"""The suite in which every step of the commands that change states is disturbed, and the table that it prints.

`make test` disturbs a few steps, and compares what it sees with the table of the page. `make nothing-lost` disturbs all of them and prints what was seen;
`make nothing-lost NOTHING_LOST=--record-steps` writes the table into the page as well. How a command is added is told
in `proofs.py`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.sandbox.embedded import Sandbox
from tests.nothing_lost.ground import Ground
from tests.nothing_lost.proofs import Prover
from tests.nothing_lost.running import Runner
from tests.nothing_lost.table import NOT_RUN, Cell, recorded, table
from tests.support.fault_proxy import FaultProxy
from tests.support.markdown import PAGE, record

EVERY = "--every-step"
RECORD = "--record-steps"
CELL = "step"
NOTHING: frozenset[str] = frozenset()
TABLE_PAGE = PAGE.with_name("nothing-is-lost.md")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nothing lost")
    group.addoption(EVERY, action="store_true", help="disturb every step, not only a part of them")
    group.addoption(
        RECORD, action="store_true", help=f"write the table into {TABLE_PAGE.name} as well"
    )


@pytest.fixture
def ground(sandbox: Sandbox, tmp_path: Path) -> Ground:
    """Where each run gets a fleet of its own."""
    return Ground(sandbox, tmp_path)


@pytest.fixture
def prover(request: pytest.FixtureRequest, fault_proxy: FaultProxy, tmp_path: Path) -> Prover:
    """What disturbs commands."""
    return Prover(
        runner=Runner(proxy=fault_proxy, scratch=tmp_path),
        every=request.config.getoption(EVERY, default=False),
    )


@pytest.fixture
def see(prover: Prover, record_property: Callable[[str, object], None]) -> Callable[[Cell], None]:
    """Put what was seen into the table; a short run only compares it with the table of the page."""
    page = recorded(TABLE_PAGE.read_text(encoding="utf-8"))

    def seen(cell: Cell) -> None:
        record_property(CELL, cell.dump())
        known = page.get((cell.command, cell.words, cell.column), NOTHING)
        if not prover.every and known != frozenset({NOT_RUN}):
            assert cell.seen in known, f"{cell}: run `make nothing-lost NOTHING_LOST={RECORD}`"

    return seen


# The table, made where the reports of all workers come together --------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(EVERY, default=False):
        config.pluginmanager.register(Reports(config), "nothing-lost-reports")


class Reports:
    """Collect what the tests saw, and print it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.cells: list[Cell] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.cells += [
                Cell.load(str(text)) for name, text in report.user_properties if name == CELL
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.cells:
            return
        text = table(self.cells)
        terminalreporter.section("nothing is lost")
        terminalreporter.write_line(text)
        if self.config.getoption(RECORD):
            record("steps", text, TABLE_PAGE)
