"""A world of a test's own: an embedded AWS with a scenario in it, the scenario's repository, and who works on both."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios import SCENARIOS
from holdfast.sandbox.scenarios.model import Scenario
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST
from holdfast.sandbox.seeding import seed
from tests.support.clients import Clients
from tests.support.real_terraform import Finished, Terraform

COMMAND_SECONDS = 60.0

# `two-regions`: what makes both regions healthy, with a name for what `--auto-approve` alone leaves out.
APPLY_SAFE_STEPS = ("apply", "--auto-approve", "--account", "111111111111")
APPLY_ALL_STEPS = (
    *APPLY_SAFE_STEPS,
    *("--confirm", f"add-lifecycle-rules:{AF_SOUTH.bucket}"),
    *("--confirm", f"add-lifecycle-rules:{US_EAST.bucket}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A scenario that is running: its cloud in `sandbox`, its code in `repository`."""

    scenario: Scenario
    sandbox: Sandbox
    repository: Path

    @property
    def clients(self) -> Clients:
        """Clients that look at the scenario's account."""
        return Clients(url=self.sandbox.url, access_key=self.scenario.account)

    def environment(self, *, through: str | None = None, **more: str) -> Mapping[str, str]:
        """Return a whole environment for a member of the account, `through` a proxy if one is given."""
        settings = self.sandbox.child_environment(
            os.environ,
            account=self.scenario.account,
            region=self.scenario.region,
            through=through,
        )
        # What commands keep of a user, they keep beside the repository.
        kept = self.repository.with_name(f"{self.repository.name}-kept")
        return {**settings, "XDG_STATE_HOME": str(kept), "PYTHONUNBUFFERED": "1", **more}

    def terraform(self, directory: str = ".") -> Terraform:
        """Return real Terraform in a directory of the repository."""
        return Terraform(self.repository / directory, self.environment())

    def holdfast(self, *arguments: str, through: str | None = None, **more: str) -> Finished:
        """Run the real command line in the repository, as a process of its own."""
        return run_holdfast(
            *arguments,
            directory=self.repository,
            environment=self.environment(through=through, **more),
        )


@contextmanager
def running_world(
    name: str, directory: Path, *, latency_milliseconds: float = 0
) -> Iterator[World]:
    """Start a scenario's cloud and write its repository below an empty directory."""
    scenario = SCENARIOS[name]()
    with Sandbox.start(latency_milliseconds=latency_milliseconds) as sandbox:
        seed(scenario, sandbox)
        write_repository(scenario, directory)
        yield World(scenario=scenario, sandbox=sandbox, repository=directory)


def holdfast_command(*arguments: str) -> list[str]:
    """Return the command line that runs this very Holdfast."""
    return [sys.executable, "-m", "holdfast", *arguments]


def run_holdfast(*arguments: str, directory: Path, environment: Mapping[str, str]) -> Finished:
    """Run the real command line as a process of its own, to the end, at most a minute."""
    done = subprocess.run(
        holdfast_command(*arguments),
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=COMMAND_SECONDS,
    )
    return Finished(status=done.returncode, output=done.stdout, errors=done.stderr)
