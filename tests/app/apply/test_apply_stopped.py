"""Stopped at any point, refused at any point, with any answer lost: running it again completes the plan."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.apply_events import (
    ApplyEvent,
    StepDone,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from holdfast.core.backends import Access, Backend
from holdfast.core.plan_file import plan_text
from holdfast.core.planning import identifier_of
from holdfast.core.standings import Done, standing
from holdfast.errors import ApplyFailedError, BucketTakenError, ExitCode, InterruptedApplyError
from holdfast.sandbox.embedded import Sandbox
from tests.app.apply.conftest import Workplace, baseline_of
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, DropAfter, DropBefore, Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import use_credentials
from tests.support.source_tree import ROOT

# Every call with which a new backend is written, and the IAM action that it needs.
WRITES = {
    "s3:CreateBucket": "s3:CreateBucket",
    "s3:PutBucketVersioning": "s3:PutBucketVersioning",
    "s3:PutBucketPolicy": "s3:PutBucketPolicy",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "dynamodb:CreateTable": "dynamodb:CreateTable",
    "dynamodb:UpdateContinuousBackups": "dynamodb:UpdateContinuousBackups",
}
# A repetition would undo what somebody else wrote into the document in between.
REPLACE_WHOLE = {"s3:PutBucketPolicy", "s3:PutBucketLifecycleConfiguration"}
STEP_OF_WRITE = {
    "s3:CreateBucket": "create-bucket",
    "s3:PutBucketVersioning": "enable-versioning",
    "s3:PutBucketPolicy": "add-policy-statements",
    "s3:PutBucketLifecycleConfiguration": "add-lifecycle-rules",
    "dynamodb:CreateTable": "create-table",
    "dynamodb:UpdateContinuousBackups": "enable-point-in-time-recovery",
}
BUCKET_CHAIN = (
    "create-bucket",
    "block-public-access",
    "enable-versioning",
    "encrypt-bucket",
    "enforce-bucket-owner",
    "add-policy-statements",
    "add-lifecycle-rules",
)
TABLE_CHAIN = ("create-table", "enable-point-in-time-recovery")


def end_state(workplace: Workplace, backend: Backend) -> str:
    """Return all facts as text, without the names that tell one backend from another."""
    found = workplace.facts(backend)
    assert all(standing(step, found) == Done() for step in baseline_of(backend))
    unnamed = repr(replace(found, backend=replace(backend, name="", access=Access())))
    for name in (backend.bucket, *backend.tables, workplace.account.id):
        unnamed = unnamed.replace(name, "NAME")
    return unnamed


@pytest.fixture(scope="module")
def uninterrupted(sandbox: Sandbox) -> str:
    """What a run that nothing disturbs leaves behind."""
    account = FreshAccount(sandbox=sandbox, number=99_999)
    with pytest.MonkeyPatch.context() as environment, Connections() as connections:
        use_credentials(environment, account.id)
        workplace = Workplace(account=account, connections=connections, url=sandbox.url)
        backend = workplace.backend()
        workplace.apply(workplace.plan(backend))
        return end_state(workplace, backend)


class InterruptAt:
    """Interrupt the run when its n-th event is told, as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.told: list[ApplyEvent] = []

    def __call__(self, event: ApplyEvent) -> None:
        self.told.append(event)
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_an_interrupt_at_any_event_is_completed_by_the_same_plan(
    workplace: Workplace, uninterrupted: str
) -> None:
    for number in range(1, 19):
        backend = workplace.backend(f"event{number}", table=f"event{number}")
        plan = workplace.plan(backend)
        interrupt = InterruptAt(number)
        with pytest.raises(InterruptedApplyError) as caught:
            workplace.apply(plan, on_event=interrupt)
        assert caught.value.exit_code is ExitCode.INTERRUPTED
        through = sum(isinstance(event, StepDone | StepSkipped) for event in interrupt.told)
        done, _, rest = caught.value.world.partition(" of 9 steps done")
        # Steps run ahead of what is told, and what is under way ends.
        assert through <= int(done) <= 9
        assert rest == "" or rest.startswith(": ")
        workplace.apply(plan)
        assert end_state(workplace, backend) == uninterrupted


def test_planning_again_after_an_interrupt_ends_in_the_same_place(
    workplace: Workplace, uninterrupted: str
) -> None:
    for number in (2, 7, 11, 16):
        backend = workplace.backend(f"again{number}", table=f"again{number}")
        with pytest.raises(InterruptedApplyError):
            workplace.apply(workplace.plan(backend), on_event=InterruptAt(number))
        workplace.apply(workplace.plan(backend))
        assert end_state(workplace, backend) == uninterrupted


def test_an_error_of_who_listens_ends_the_run_after_the_running_steps(
    workplace: Workplace,
) -> None:
    def listen(event: ApplyEvent) -> None:
        raise BrokenPipeError(repr(event))

    before = threading.active_count()
    with pytest.raises(BrokenPipeError):
        workplace.apply(workplace.plan(workplace.backend()), on_event=listen)
    assert threading.active_count() == before


@pytest.mark.parametrize("operation", WRITES)
def test_a_kill_at_any_write_is_completed_by_the_same_plan(
    operation: str,
    faulty: Workplace,
    fault_proxy: FaultProxy,
    uninterrupted: str,
    tmp_path: Path,
) -> None:
    backend = faulty.backend("killed", table="killed")
    plan = faulty.plan(backend)
    path = tmp_path / "plan.json"
    path.write_text(plan_text(plan), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.app.apply.applying_process", str(path)],
        cwd=ROOT,
        env=dict(os.environ),
        stderr=subprocess.PIPE,
    )

    def kill(request: Request) -> bool:
        del request
        process.kill()
        return True

    # The server acts all the same; nobody hears its answer.
    fault_proxy.add(Rule(action=Delay(), operation=operation, when=kill, times=1))
    _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, said.decode()
    fault_proxy.allow_all()
    faulty.apply(plan)
    assert end_state(faulty, backend) == uninterrupted


def test_a_refused_write_is_told_and_the_other_chain_goes_on(
    faulty: Workplace, fault_proxy: FaultProxy, uninterrupted: str
) -> None:
    for number, (operation, action) in enumerate(WRITES.items()):
        backend = faulty.backend(f"refused{number}", table=f"refused{number}")
        plan = faulty.plan(backend)
        fault_proxy.deny(operation)
        events: list[ApplyEvent] = []
        with pytest.raises(ApplyFailedError) as caught:
            faulty.apply(plan, on_event=events.append)
        fault_proxy.allow_all()
        error = caught.value
        failed = STEP_OF_WRITE[operation]
        chain = BUCKET_CHAIN if failed in BUCKET_CHAIN else TABLE_CHAIN
        after = chain[chain.index(failed) + 1 :]
        done = 9 - 1 - len(after)
        identifier, words = error.facts[0]
        subject = backend.bucket if chain is BUCKET_CHAIN else backend.tables[0]
        assert identifier == f"{failed}:{subject}"
        assert f"AWS does not allow `{operation}`" in words or action in words
        not_run = ", ".join(f"{each}:{subject}" for each in after)
        assert error.facts[1:] == ((("not run after it", not_run),) if after else ())
        assert error.world.startswith(f"{done} of 9 steps done: ")
        assert [each.words for each in events if isinstance(each, StepFailed)] == [words]
        started = {
            each.address.planned.identifier for each in events if isinstance(each, StepStarted)
        }
        assert started == {identifier_of(step) for step in baseline_of(backend)} - {
            f"{each}:{subject}" for each in after
        }
        faulty.apply(plan)
        assert end_state(faulty, backend) == uninterrupted


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
def test_lost_answers_of_writes_do_no_harm(
    times: int | None, faulty: Workplace, fault_proxy: FaultProxy, uninterrupted: str
) -> None:
    backend = faulty.backend()
    plan = faulty.plan(backend)
    for operation in WRITES:
        fault_proxy.add(Rule(action=DropAfter(), operation=operation, times=times))
    fault_proxy.forget()
    result = faulty.apply(plan)
    counts = fault_proxy.counts()
    repeated = {operation for operation in WRITES if counts[operation] > 1}
    assert repeated == set(WRITES) - REPLACE_WHOLE
    assert {counts[operation] for operation in REPLACE_WHOLE} == {1}
    assert result.step_count == 9
    assert end_state(faulty, backend) == uninterrupted


def test_a_request_that_never_arrives_is_a_failure(
    faulty: Workplace, fault_proxy: FaultProxy, uninterrupted: str
) -> None:
    for number, operation in enumerate(("s3:CreateBucket", "s3:PutBucketPolicy")):
        backend = faulty.backend(f"unheard{number}", table=f"unheard{number}")
        plan = faulty.plan(backend)
        fault_proxy.add(Rule(action=DropBefore(), operation=operation))
        with pytest.raises(ApplyFailedError) as caught:
            faulty.apply(plan)
        assert "no answer from http://127.0.0.1" in caught.value.facts[0][1]
        fault_proxy.allow_all()
        faulty.apply(plan)
        assert end_state(faulty, backend) == uninterrupted


def test_what_is_busy_is_waited_for(
    faulty: Workplace, fault_proxy: FaultProxy, uninterrupted: str
) -> None:
    busy = {
        "s3:PutBucketVersioning": Refuse(code="OperationAborted", status=409),
        "s3:PutBucketPolicy": Refuse(code="NoSuchBucket", status=404),
        "s3:GetBucketEncryption": Refuse(code="NoSuchBucket", status=404),
        "dynamodb:UpdateContinuousBackups": Refuse(
            code="ContinuousBackupsUnavailableException", status=400
        ),
    }
    backend = faulty.backend("busy", table="busy")
    plan = faulty.plan(backend)
    for operation, refusal in busy.items():
        fault_proxy.add(Rule(action=refusal, operation=operation, times=2))
    fault_proxy.forget()
    faulty.apply(plan)
    assert {operation: fault_proxy.counts()[operation] >= 3 for operation in busy} == dict.fromkeys(
        busy, True
    )
    fault_proxy.allow_all()
    assert end_state(faulty, backend) == uninterrupted


def test_two_runs_at_once_do_no_harm(workplace: Workplace, uninterrupted: str) -> None:
    for number in range(3):
        backend = workplace.backend(f"both{number}", table=f"both{number}")
        plan = workplace.plan(backend)
        with Connections() as others, ThreadPoolExecutor(max_workers=2) as pool:
            beside = replace(workplace, connections=others)
            runs = [pool.submit(each.apply, plan) for each in (workplace, beside)]
            assert [run.result().step_count for run in runs] == [9, 9]
        assert end_state(workplace, backend) == uninterrupted


def test_a_name_that_is_taken_in_between_is_left_alone(
    faulty: Workplace, fault_proxy: FaultProxy, other_account: FreshAccount
) -> None:
    backend = faulty.backend()
    plan = faulty.plan(backend)
    taken: list[str] = []

    def take(request: Request) -> bool:
        if not taken:
            taken.append(other_account.clients.create_bucket(request.bucket, region="eu-west-1"))
        return False

    fault_proxy.add(Rule(action=Delay(), operation="s3:CreateBucket", when=take))
    with pytest.raises(ApplyFailedError) as caught:
        faulty.apply(plan)
    assert isinstance(caught.value.__cause__, BucketTakenError)
    assert taken == [backend.bucket]
    theirs = other_account.clients.s3("eu-west-1")
    assert "Status" not in theirs.get_bucket_versioning(Bucket=backend.bucket)
