"""The command line inside this process, in front of a fleet that no test changes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.cli.main import run
from tests.cli.declared_repository import write_declared_repository
from tests.support.fault_proxy import FaultProxy
from tests.support.real_terraform import Finished
from tests.support.worlds import World, running_world


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """The command line as a function: what it was given, its exit code, and what it wrote."""

    environment: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Finished:
        """Run one command line in the current directory and environment."""
        self.captured.readouterr()
        status = run(arguments)
        written = self.captured.readouterr()
        return Finished(status=status, output=written.out, errors=written.err)

    def join(self, world: World, *, through: str | None = None, **more: str) -> None:
        """Become a member of the world's account, in its repository."""
        for name in list(os.environ):
            if name.startswith("AWS_"):
                self.environment.delenv(name)
        for name, value in world.environment(through=through, **more).items():
            self.environment.setenv(name, value)
        self.environment.chdir(world.repository)


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The two-region fleet, for tests that only look at it."""
    with running_world("two-regions", tmp_path_factory.mktemp("fleet")) as world:
        yield world


@pytest.fixture
def own_fleet(tmp_path: Path) -> Iterator[World]:
    """The two-region fleet, for a test that changes it."""
    with running_world("two-regions", tmp_path / "repository") as world:
        yield world


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, without colours, wherever this process is."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return CommandLine(environment=monkeypatch, captured=capsys)


@pytest.fixture
def in_fleet(cli: CommandLine, fleet: World) -> CommandLine:
    """The command line in the two-region fleet, which must stay as it is."""
    cli.join(fleet)
    return cli


@pytest.fixture
def in_own_fleet(cli: CommandLine, own_fleet: World, tmp_path: Path) -> CommandLine:
    """The command line in a fleet of the test's own, whose journal is the test's as well."""
    cli.join(own_fleet, XDG_STATE_HOME=str(tmp_path / "state"))
    return cli


@pytest.fixture
def proxy(own_fleet: World) -> Iterator[FaultProxy]:
    """A fault proxy in front of the test's own fleet."""
    with FaultProxy(own_fleet.sandbox.url) as running:
        yield running


@pytest.fixture
def declared_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: a fleet with a declaration, and without anything that is generated."""
    directory = tmp_path / "repository"
    write_declared_repository(directory)
    monkeypatch.chdir(directory)
    return directory
