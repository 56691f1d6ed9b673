"""Ctrl-C in the middle of a command: what was done is said, nothing is left behind, a second run completes."""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from holdfast.sandbox.scenarios.two_regions import US_EAST
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule
from tests.support.real_terraform import Finished
from tests.support.worlds import APPLY_ALL_STEPS, World, holdfast_command

LONG_SECONDS = 1.0  # how long the request takes in whose middle the interrupt comes
PATIENCE_SECONDS = 30.0


@pytest.fixture
def proxy(own_fleet: World) -> Iterator[FaultProxy]:
    with FaultProxy(own_fleet.sandbox.url) as running:
        yield running


def interrupted(world: World, proxy: FaultProxy, operation: str, *arguments: str) -> Finished:
    """Run a command and interrupt it while the first request of an operation is under way."""
    proxy.add(Rule(operation=operation, action=Delay(after_seconds=LONG_SECONDS), times=1))
    with subprocess.Popen(
        holdfast_command(*arguments),
        cwd=world.repository,
        env=dict(world.environment(through=proxy.url)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not proxy.counts().get(operation) and process.poll() is None:
            assert time.monotonic() < deadline, f"{operation} was never asked"
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    proxy.allow_all()
    return Finished(status=process.returncode, output=output, errors=errors)


@pytest.mark.parametrize(
    "operation",
    [
        "s3:PutBucketVersioning",
        "s3:PutBucketPolicy",
        "s3:PutBucketLifecycleConfiguration",
        "dynamodb:CreateTable",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateContinuousBackups",
    ],
)
def test_an_apply_that_is_interrupted_says_what_was_done_and_a_second_run_completes_it(
    own_fleet: World, proxy: FaultProxy, operation: str
) -> None:
    stopped = interrupted(own_fleet, proxy, operation, *APPLY_ALL_STEPS)
    assert stopped.status == 130
    assert "Traceback" not in stopped.errors
    assert stopped.errors.startswith("error[apply-interrupted]: interrupted\n")
    assert " steps done" in stopped.errors
    assert "run the same command again" in stopped.errors

    proxy.forget()
    completed = own_fleet.holdfast(*APPLY_ALL_STEPS, through=proxy.url)
    assert (completed.status, completed.errors) == (0, "")
    # Ctrl-C comes between two steps: the one that was under way is not done a second time.
    assert proxy.counts().get(operation, 0) <= 1
    assert own_fleet.holdfast("plan", "--check").status == 0
    assert own_fleet.holdfast("audit").status == 0


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("s3:GetBucketVersioning", ("audit",)),
        ("dynamodb:DescribeTable", ("audit", "--format", "json")),
        ("s3:GetBucketPolicy", ("plan",)),
        ("s3:GetBucketPolicy", APPLY_ALL_STEPS),
    ],
)
def test_a_command_that_is_interrupted_while_it_reads_ends_at_once(
    own_fleet: World, proxy: FaultProxy, operation: str, arguments: tuple[str, ...]
) -> None:
    stopped = interrupted(own_fleet, proxy, operation, *arguments)
    assert (stopped.status, stopped.output, stopped.errors) == (130, "", "\ninterrupted\n")
    assert not [name for name in proxy.counts() if ":Put" in name or ":Create" in name]


def test_a_proof_that_is_interrupted_leaves_no_lock(own_fleet: World, proxy: FaultProxy) -> None:
    assert own_fleet.holdfast(*APPLY_ALL_STEPS).status == 0
    stopped = interrupted(own_fleet, proxy, "dynamodb:PutItem", "prove")
    assert stopped.status == 130
    assert "Traceback" not in stopped.errors
    items = own_fleet.clients.dynamodb(US_EAST.name).scan(TableName=US_EAST.table)["Items"]
    assert items == []
