"""A large state costs no more memory than a small one: 20 MB against 40, and against 200 in `make nothing-lost`."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.nothing_lost.fleet import KEY, NEW_KEY, Fleet, Place
from tests.nothing_lost.ground import Ground
from tests.nothing_lost.proofs import Prover

# Both are beyond what is ever kept in memory of one state (16 MiB).
SMALL, LARGE, LARGEST = 20, 40, 200
RATIO_MAX = 1.15
OTHER_KEY = "other/terraform.tfstate"
VALUE = "x" * 100_000
# The peak of a process begins with that of the one that forked it: a small one starts the command and says its peak.
MEASURED = """\
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
errors = process.stderr.read().decode()
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss, end="")
sys.exit(errors if status else 0)
"""


def body_of(megabytes: int, serial: int) -> bytes:
    """Return a state with as many resources of 100 kB as it takes."""
    resource = {
        "mode": "managed",
        "type": "terraform_data",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": {"input": VALUE}}],
    }
    state = {
        "version": 4,
        "terraform_version": "1.15.5",
        "serial": serial,
        "lineage": "6051ddfd-21f9-580d-86df-6a429d804fd5",
        "outputs": {},
        "resources": [{**resource, "name": f"r{number}"} for number in range(megabytes * 10)],
        "check_results": None,
    }
    return json.dumps(state).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Large:
    """A fleet with a state of a size in two versions, and a second one to compare it with."""

    fleet: Fleet
    old: str

    def peak_kibibytes(self, url: str, *arguments: str) -> int:
        """Run a command in a process of its own, and return the most memory that it had."""
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, sys.executable, "-m", "holdfast", *arguments],
            cwd=self.fleet.repository,
            env=dict(self.fleet.environment(through=url)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)


def large(ground: Ground, megabytes: int) -> Large:
    spot = ground.spot()
    place = Place(label="STATE", spot=spot, key=KEY)
    fleet = Fleet(directory=ground.directory(), places=(place,)).build()
    old = spot.write(KEY, body_of(megabytes, 3))
    spot.write(KEY, body_of(megabytes, 4))
    spot.write(OTHER_KEY, body_of(megabytes, 5))
    return Large(fleet=fleet, old=old)


COMMANDS: dict[str, Callable[[Large], tuple[str, ...]]] = {
    "states": lambda _: ("states",),
    "show": lambda _: ("states", "show", KEY),
    "check": lambda _: ("states", "check"),
    "diff": lambda _: ("states", "diff", KEY, OTHER_KEY),
    "restore": lambda of: ("states", "restore", KEY, "--version", of.old, "--auto-approve"),
    "move": lambda _: ("states", "move", KEY, NEW_KEY, "--auto-approve"),
}


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a new interpreter find this Holdfast, wherever tests are started."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root / 'src'}")


@pytest.mark.usefixtures("source")
def test_memory_does_not_grow_with_the_state(ground: Ground, prover: Prover) -> None:
    url = prover.runner.proxy.upstream
    small, more = (large(ground, size) for size in (SMALL, LARGEST if prover.every else LARGE))
    ratios = {
        name: more.peak_kibibytes(url, *arguments(more))
        / small.peak_kibibytes(url, *arguments(small))
        for name, arguments in COMMANDS.items()
    }
    print(ratios)  # noqa: T201 - the figures, where pytest shows them
    assert {name: ratio for name, ratio in ratios.items() if ratio > RATIO_MAX} == {}
