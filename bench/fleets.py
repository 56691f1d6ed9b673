"""Audit and apply over a network that takes its time, against the round trips that they need, and a script.

Every request is answered 20 ms late. Whole commands run against the embedded AWS, whose own work competes with
ours for the cores: what is measured is rather too much than too little. The reading of one backend is measured
against its answers, given again (`replay`), for there a few milliseconds count.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.aws_script import ScriptedBackend, apply_commands, audit_commands, script_of
from bench.measuring import Row, duration, table
from bench.replay import replaying
from holdfast.app.observe import observe_backends
from holdfast.app.scan import scan_repository
from holdfast.aws.connections import Connections
from holdfast.core.grouping import backends_of
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.model import (
    RepositoryFile,
    Scenario,
    SeedBucket,
    SeedState,
    SeedTable,
    state_body,
)
from holdfast.sandbox.scenarios.terraform_code import backend_settings, component_main
from holdfast.sandbox.seeding import seed

LATENCY_MILLISECONDS = 20.0
ACCOUNT = "111111111111"
REGION = "eu-west-1"
FLEET_SIZE = 50
SCRIPTED = 2  # so many backends the script is measured on; the rest is linear
TIMES = 25
COMMAND_TIMES = 3
CRITICAL_PATH_BUDGET = 1.5
SCRIPT_BUDGET = 30.0
# HeadBucket, then all settings at once; DescribeTable, then all settings at once; the caller, then its alias.
ROUND_TRIPS = 2


def run(aws: Path) -> list[Row]:
    """Measure audit and apply; `aws` is the aws CLI that the script consists of."""
    script_audit = script_seconds(aws, audit_commands, there=True)
    script_apply = script_seconds(aws, apply_commands, there=False)
    audit = ("audit", "--fail-on", "never")
    apply = ("apply", "--auto-approve", "--account", ACCOUNT)
    rows = [critical_path()]
    for count in (FLEET_SIZE, 1):
        ours = command_seconds(audit, count, there=True)
        rows.append(against_script("audit", count, ours, script_audit))
    for count in (FLEET_SIZE, 1):
        ours = command_seconds(apply, count, there=False)
        rows.append(against_script("apply", count, ours, script_apply))
    return rows


def against_script(verb: str, count: int, ours_seconds: float, script: float) -> Row:
    """Compare a command with the script, whose time for one backend is `script` seconds."""
    noun = "backend" if count == 1 else "backends"
    return Row(
        measure=f"holdfast {verb}, {count} {noun}",
        ours=ours_seconds,
        yardstick=f"aws script: {duration(script)} × {count}",
        theirs=script * count,
        budget=SCRIPT_BUDGET if count == FLEET_SIZE else None,
        faster=True,
    )


# Fleets ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFleet:
    """A fleet whose code is in `directory` and whose cloud is in `sandbox`."""

    sandbox: Sandbox
    directory: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of a member of the account."""
        return self.sandbox.child_environment(os.environ, account=ACCOUNT, region=REGION)


def scripted(number: int) -> ScriptedBackend:
    """Return the names of one backend."""
    return ScriptedBackend(
        bucket=f"bench-states-{number:02}",
        table=f"bench-locks-{number:02}",
        region=REGION,
        account=ACCOUNT,
    )


def fleet_of(count: int, *, there: bool) -> Scenario:
    """Return a fleet of backends with a root each; `there` says whether the cloud has them."""
    names = [scripted(number) for number in range(count)]
    key = "component/terraform.tfstate"
    body = state_body(subject="bench", serial=1, facts={"component": "bench"})
    return Scenario(
        name="bench",
        account=ACCOUNT,
        region=REGION,
        files=tuple(
            RepositoryFile(
                path=f"components/{each.bucket}/main.tf",
                text=component_main(
                    {"component": each.bucket},
                    backend=backend_settings(
                        bucket=each.bucket, key=key, region=REGION, table=each.table
                    ),
                ),
            )
            for each in names
        ),
        buckets=tuple(
            SeedBucket(name=each.bucket, region=REGION, versioning=True) for each in names if there
        ),
        tables=tuple(SeedTable(name=each.table, region=REGION) for each in names if there),
        states=tuple(
            SeedState(
                bucket=each.bucket, key=key, region=REGION, body=body, digest_table=each.table
            )
            for each in names
            if there
        ),
    )


@contextmanager
def running_fleet(
    count: int, *, there: bool, latency_milliseconds: float = LATENCY_MILLISECONDS
) -> Iterator[RunningFleet]:
    """Start the cloud of a fleet and write its code."""
    scenario = fleet_of(count, there=there)
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name,
        Sandbox.start(latency_milliseconds=latency_milliseconds) as sandbox,
    ):
        seed(scenario, sandbox)
        write_repository(scenario, Path(name))
        yield RunningFleet(sandbox=sandbox, directory=Path(name))


# Measurements ---------------------------------------------------------------------------------------


def critical_path() -> Row:
    """Compare what is read of one backend, with warm clients, with the round trips that it needs."""
    with (
        running_fleet(1, there=True, latency_milliseconds=0) as fleet,
        replaying(fleet.sandbox.url, latency_milliseconds=LATENCY_MILLISECONDS) as url,
    ):
        os.environ.update(fleet.sandbox.environment(account=ACCOUNT, region=REGION, through=url))
        repository = scan_repository(fleet.directory)
        (backend,) = backends_of(repository, None, region_default=None)
        with Connections() as connections:
            s3 = connections.s3(backend.access, backend.region)
            ours: list[float] = []
            round_trips: list[float] = []
            (observed,) = observe_backends([backend], connections=connections)
            assert observed.requests == len(list(audit_commands(scripted(0))))
            for _ in range(TIMES):
                ours.append(
                    seconds_of(lambda: observe_backends([backend], connections=connections))
                )
                round_trips.append(seconds_of(lambda: s3.head_bucket(Bucket=backend.bucket)))
    round_trip = statistics.median(round_trips)
    return Row(
        measure=f"reading one backend ({observed.requests} requests)",
        ours=statistics.median(ours),
        yardstick=f"{ROUND_TRIPS} round trips of {duration(round_trip)}",
        theirs=ROUND_TRIPS * round_trip,
        budget=CRITICAL_PATH_BUDGET,
    )


def command_seconds(arguments: Sequence[str], count: int, *, there: bool) -> float:
    """Return how long a command takes as a process of its own, each time on a fresh fleet."""
    command = [sys.executable, "-m", "holdfast", *arguments]
    return statistics.median(
        seconds_in_fleet(command, count, there=there) for _ in range(COMMAND_TIMES)
    )


def script_seconds(
    aws: Path, commands: Callable[[ScriptedBackend], Iterator[tuple[str, ...]]], *, there: bool
) -> float:
    """Return how long the script takes for one backend."""
    text = "".join(
        script_of(aws, commands(scripted(number)), region=REGION) for number in range(SCRIPTED)
    )
    return seconds_in_fleet(["sh", "-c", text], SCRIPTED, there=there) / SCRIPTED


def seconds_in_fleet(command: Sequence[str], count: int, *, there: bool) -> float:
    """Return how long a command takes in a fresh fleet; it has to succeed."""
    with running_fleet(count, there=there) as fleet:
        return seconds_of(
            lambda: subprocess.run(
                list(command),
                cwd=fleet.directory,
                env=dict(fleet.environment),
                stdout=subprocess.DEVNULL,
                check=True,
            )
        )


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long one run of an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]))))
