"""Restoring a state: old bytes, a higher serial, a digest that fits; whatever happens in between."""

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.app.state_restore import (
    AtTime,
    RestorePlan,
    VersionChoice,
    WithIdentifier,
    WithSerial,
    plan_restore,
    restore,
)
from holdfast.aws.connections import Connections
from holdfast.core.state_content import EncryptedState, StateHead
from holdfast.errors import (
    DigestNotWrittenError,
    HoldfastError,
    StateChangedError,
    StateNotWrittenError,
    StateUnreadError,
    VersioningOffError,
    VersionMissingError,
)
from holdfast.sandbox.scenarios.model import state_body
from tests.app.states.conftest import History, body_of, md5_of
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, DropAfter, DropBefore, Rule
from tests.support.locking import KEY

GOOD, BAD = body_of(3, "good"), body_of(4, "bad")
RESTORED = body_of(5, "good")
LOOKS_BEFORE = 2  # what a restore reads under the lock before it writes
ENCRYPTED = b'{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}'


def planned(history: History, choice: VersionChoice, connections: Connections) -> RestorePlan:
    return plan_restore(history.place, choice, connections=connections)


def test_the_old_bytes_come_back_with_a_higher_serial_and_their_digest(
    history: History, connections: Connections
) -> None:
    good = history.write(GOOD)
    history.write(BAD)
    plan = planned(history, WithIdentifier(good), connections)
    assert plan.serial == 5
    assert plan.current is not None
    assert isinstance(plan.current.read.content, StateHead)
    assert plan.current.read.content.serial == 4
    done = restore(plan, connections=connections)
    assert history.body() == RESTORED
    assert history.digest() == md5_of(RESTORED) == done.state.read.md5
    assert done.was_there is False
    assert history.version_count() == 3


def test_a_version_is_found_by_its_serial_or_its_time(
    history: History, connections: Connections
) -> None:
    history.write(body_of(2))
    good = history.write(GOOD)
    bad = history.write(BAD)
    later = AtTime(datetime.now(UTC) + timedelta(hours=1))
    assert planned(history, WithSerial(3), connections).target.identifier == good
    assert planned(history, later, connections).target.identifier == bad


def test_a_deleted_state_comes_back(history: History, connections: Connections) -> None:
    history.write(GOOD)
    bad = history.write(BAD)
    history.remove()
    plan = planned(history, WithIdentifier(bad), connections)
    assert (plan.current, plan.serial) == (None, 5)
    restore(plan, connections=connections)
    assert history.body() == body_of(5, "bad")
    assert history.digest() == md5_of(body_of(5, "bad"))


def test_an_encrypted_state_comes_back_byte_by_byte(
    history: History, connections: Connections
) -> None:
    old = history.write(ENCRYPTED)
    history.write(ENCRYPTED + b" ")
    plan = planned(history, WithIdentifier(old), connections)
    assert plan.serial is None
    assert isinstance(plan.old.read.content, EncryptedState)
    restore(plan, connections=connections)
    assert history.body() == ENCRYPTED
    assert history.digest() == md5_of(ENCRYPTED)


def test_running_it_again_changes_nothing(history: History, connections: Connections) -> None:
    good = history.write(GOOD)
    history.write(BAD)
    restore(planned(history, WithIdentifier(good), connections), connections=connections)
    again = restore(planned(history, WithIdentifier(good), connections), connections=connections)
    assert again.was_there
    assert (history.body(), history.version_count()) == (RESTORED, 3)


def test_what_somebody_wrote_in_between_is_not_overwritten(
    history: History, connections: Connections
) -> None:
    good = history.write(GOOD)
    history.write(BAD)
    plan = planned(history, WithIdentifier(good), connections)
    history.write(body_of(5, "theirs"))
    with pytest.raises(StateChangedError):
        restore(plan, connections=connections)
    assert history.body() == body_of(5, "theirs")


def test_the_serial_is_above_those_of_all_versions(
    history: History, connections: Connections
) -> None:
    old = history.write(body_of(7))
    history.write(body_of(8))
    # Somebody pushed a state of another lineage over it, and then something that is no state.
    history.write(state_body(subject="another", serial=1, facts={}).encode())
    history.write(b"garbage")
    plan = planned(history, WithIdentifier(old), connections)
    assert plan.serial == 9
    restore(plan, connections=connections)
    assert history.body() == body_of(9, "of serial 7")


def test_where_versioning_is_suspended_nothing_is_overwritten(
    history: History, connections: Connections
) -> None:
    good = history.write(GOOD)
    history.site.account.clients.s3().put_bucket_versioning(
        Bucket=history.site.bucket, VersioningConfiguration={"Status": "Suspended"}
    )
    history.site.account.clients.s3().put_object(Bucket=history.site.bucket, Key=KEY, Body=BAD)
    with pytest.raises(VersioningOffError):
        planned(history, WithIdentifier(good), connections)
    assert history.body() == BAD


def test_a_write_that_arrives_late_is_seen_while_the_lock_is_held(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    good = faulty.write(GOOD)
    faulty.write(BAD)
    plan = planned(faulty, WithIdentifier(good), connections)
    late = LateWrite(faulty, RESTORED)
    fault_proxy.add(Rule(action=DropBefore(), operation="s3:PutObject", times=1))
    fault_proxy.add(Rule(action=Delay(), operation="s3:GetObject", when=late, skip=0))
    done = restore(plan, connections=connections)
    assert done.state.read.md5 == md5_of(RESTORED)
    assert (faulty.body(), faulty.digest()) == (RESTORED, md5_of(RESTORED))


class LateWrite:
    """Let a write reach the server behind the second look that follows it, as a slow network does."""

    def __init__(self, history: History, body: bytes) -> None:
        self._history = history
        self._body = body
        self._looks = 0

    def __call__(self, request: Request) -> bool:
        del request
        # Looks before the write: at the state under the lock, and twice at the version that comes back.
        self._looks += 1
        if self._looks == LOOKS_BEFORE + 2:
            self._history.write(self._body, digest=False)
        return False


@pytest.mark.parametrize(
    "choice",
    [
        WithIdentifier("nosuchversion"),
        WithSerial(99),
        AtTime(datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_version_that_there_is_not(
    history: History, connections: Connections, choice: VersionChoice
) -> None:
    history.write(GOOD)
    with pytest.raises(VersionMissingError) as caught:
        planned(history, choice, connections)
    assert caught.value.headline.startswith(f"`{KEY}` has no version ")
    assert history.body() == GOOD


def test_a_moment_without_a_state_has_no_version(
    history: History, connections: Connections
) -> None:
    history.write(GOOD)
    history.remove()
    with pytest.raises(VersionMissingError):
        planned(history, AtTime(datetime.now(UTC) + timedelta(hours=1)), connections)


def test_without_versioning_it_says_so_before_anything(
    history: History, connections: Connections
) -> None:
    bucket = history.site.account.clients.create_bucket(history.site.account.name("plain"))
    s3 = history.site.account.clients.s3()
    s3.put_object(Bucket=bucket, Key=KEY, Body=GOOD)
    plain = History(
        site=type(history.site)(
            account=history.site.account,
            connections=connections,
            url=history.site.url,
            bucket=bucket,
            table=history.site.table,
        )
    )
    with pytest.raises(VersioningOffError):
        planned(plain, WithSerial(3), connections)


# Faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["s3:PutObject", "dynamodb:PutItem"])
@pytest.mark.parametrize("action", [DropBefore(), DropAfter()], ids=["unheard", "unanswered"])
def test_a_write_without_an_answer_is_completed_by_running_it_again(
    faulty: History,
    fault_proxy: FaultProxy,
    connections: Connections,
    operation: str,
    action: DropBefore | DropAfter,
) -> None:
    good = faulty.write(GOOD)
    faulty.write(BAD)
    plan = planned(faulty, WithIdentifier(good), connections)
    fault_proxy.add(Rule(action=action, operation=operation, times=1))
    if isinstance(action, DropAfter):
        assert restore(plan, connections=connections).state.read.md5 == md5_of(RESTORED)
    else:
        by_operation = {
            "s3:PutObject": (StateNotWrittenError, BAD),
            "dynamodb:PutItem": (DigestNotWrittenError, RESTORED),
        }
        error, body = by_operation[operation]
        with pytest.raises(error):
            restore(plan, connections=connections, late_seconds=0)
        assert faulty.body() == body
    restore(planned(faulty, WithIdentifier(good), connections), connections=connections)
    assert (faulty.body(), faulty.digest()) == (RESTORED, md5_of(RESTORED))
    assert faulty.version_count() == 3


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("s3:GetBucketVersioning", StateUnreadError),
        ("s3:ListObjectVersions", StateUnreadError),
        ("s3:GetObject", StateUnreadError),
        ("s3:PutObject", StateNotWrittenError),
        ("dynamodb:GetItem", DigestNotWrittenError),
        ("dynamodb:PutItem", DigestNotWrittenError),
    ],
)
def test_without_a_permission_it_says_what_was_and_was_not_done(
    faulty: History,
    fault_proxy: FaultProxy,
    connections: Connections,
    operation: str,
    error: type[HoldfastError],
) -> None:
    good = faulty.write(GOOD)
    faulty.write(BAD)
    fault_proxy.deny(operation)
    with pytest.raises(error) as caught:
        restore(planned(faulty, WithIdentifier(good), connections), connections=connections)
    assert "permission `" in str(caught.value.facts)
    fault_proxy.allow_all()
    written = error is DigestNotWrittenError
    assert faulty.body() == (RESTORED if written else BAD)
    restore(planned(faulty, WithIdentifier(good), connections), connections=connections)
    assert (faulty.body(), faulty.digest()) == (RESTORED, md5_of(RESTORED))


def test_nothing_is_written_that_an_unlocked_engine_would_lose(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    good = faulty.write(GOOD)
    faulty.write(BAD)
    plan = planned(faulty, WithIdentifier(good), connections)

    def write_theirs(_: object) -> bool:
        if faulty.body() == BAD:
            faulty.write(body_of(5, "theirs"))
        return False

    # Just before our write reaches the server, somebody without a lock has theirs through.
    fault_proxy.add(Rule(action=Delay(), operation="s3:PutObject", when=write_theirs))
    with pytest.raises(StateChangedError):
        restore(plan, connections=connections)
    assert faulty.body() == body_of(5, "theirs")
