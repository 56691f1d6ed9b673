"""Somebody else is at work while a stage is done: he is waited for or reported, and what he writes is never lost."""

from collections.abc import Callable
from itertools import count

import pytest

from holdfast.aws.connections import Connections
from holdfast.errors import (
    CodeChangedError,
    CodeRefusedError,
    DigestNotWrittenError,
    LockHeldError,
    LockingDigestUnfitError,
    LockLostError,
    StateChangedError,
    WorkLocksLeftError,
)
from tests.app.locking.ground import Ground, Seen, body_of, md5_of
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    FILE,
    KEY,
    STATES,
    TABLE,
    TO_BOTH,
    TO_LOCKFILE,
    Stage,
)
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule

STALE = "f" * 32
LOCKING = pytest.mark.parametrize("stage", [TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB], ids=str)


def built(ground: Ground, stage: Stage, *keys: str) -> dict[str, bytes]:
    ground.write("network/main.tf", ground.block(KEY, *stage.old))
    return stage.written(ground, *(keys or (KEY,)))


def do(ground: Ground, stage: Stage, connections: Connections) -> None:
    ground.stage(stage.goal, connections, table=ground.table)


def done(ground: Ground, stage: Stage, bodies: dict[str, bytes]) -> Seen:
    return stage.seen_after(ground, {"network/main.tf": ground.block(KEY, *stage.new)}, bodies)


def once(
    proxy: FaultProxy, operation: str, path: str, act: Callable[[], object], *, times: int = 1
) -> None:
    """Have somebody do something just before the server sees the first such request, or the first few."""
    acted: list[Request] = []

    def acting(request: Request) -> bool:
        if len(acted) < times:
            acted.append(request)
            act()
        return True

    proxy.add(Rule(action=Delay(), operation=operation, body=path, when=acting))


@pytest.mark.parametrize("table", [False, True], ids=["in the bucket", "in the table"])
@LOCKING
def test_a_held_state_is_left_alone(
    ground: Ground, connections: Connections, stage: Stage, *, table: bool
) -> None:
    built(ground, stage, *STATES)
    ground.put_lock(STATES[1], reason="an apply", table=table)
    before = ground.look()
    with pytest.raises(LockHeldError):
        do(ground, stage, connections)
    assert ground.look() == before
    assert list(before.locks.values()) == ["an apply"]


@LOCKING
def test_a_held_state_is_waited_for(
    faulty_ground: Ground, connections: Connections, fault_proxy: FaultProxy, stage: Stage
) -> None:
    bodies = built(faulty_ground, stage)
    faulty_ground.put_lock(KEY, reason="an apply")
    planned = faulty_ground.plan(stage.goal, connections, table=faulty_ground.table)
    s3 = faulty_ground.account.clients.s3()
    gone: list[str] = []

    def give_back(request: Request) -> bool:
        """Give the lock back when the stage was refused once."""
        if request.operation == "s3:PutObject" and not gone:
            gone.append("refused")
        elif request.operation == "s3:GetObject" and gone == ["refused"]:
            gone.append("looked")
        elif gone == ["refused", "looked"]:
            gone.append("given back")
            s3.delete_object(Bucket=faulty_ground.bucket, Key=f"{KEY}.tflock")
        return False

    fault_proxy.add(Rule(action=Delay(), path="tflock", when=give_back))
    faulty_ground.switch(planned, connections, timeout_seconds=60)
    assert gone == ["refused", "looked", "given back"]
    assert faulty_ground.look() == done(faulty_ground, stage, bodies)


def test_roots_that_keep_their_digests_are_switched_while_somebody_applies(
    ground: Ground, connections: Connections
) -> None:
    bodies = built(ground, TO_BOTH)
    ground.put_lock(KEY, reason="an apply", table=True)
    do(ground, TO_BOTH, connections)
    seen = ground.look()
    assert seen.locks == {f"item {KEY}": "an apply"}
    assert (seen.files, seen.digests) == (
        done(ground, TO_BOTH, bodies).files,
        done(ground, TO_BOTH, bodies).digests,
    )


@pytest.mark.parametrize("ahead", ["a", "b"])
def test_a_store_that_two_roots_name_by_two_endpoints_keeps_both_as_they_are(
    ground: Ground, connections: Connections, ahead: str
) -> None:
    """Counted as two backends, one of them would take the second stage while the other takes the first."""
    endpoint = f'endpoints = {{ s3 = "{ground.account.sandbox.url}" }}'
    locking = {name: (TABLE, FILE) if name == ahead else (TABLE,) for name in ("a", "b")}
    ground.write("a/main.tf", ground.block(KEY, *locking["a"]))
    ground.write("b/main.tf", ground.block(KEY, *locking["b"], endpoint))
    ground.put(KEY, body_of(3, KEY), digest=True)
    before = ground.look()
    with pytest.raises(CodeRefusedError) as caught:
        do(ground, TO_LOCKFILE, connections)
    assert [place for place, _ in caught.value.facts] == ["a/main.tf:4", "b/main.tf:4"]
    assert ground.look() == before


def test_a_stale_digest_keeps_a_root_at_the_table(ground: Ground, connections: Connections) -> None:
    built(ground, TO_LOCKFILE, *STATES)
    ground.put_digest(STATES[1], STALE)
    before = ground.look()
    with pytest.raises(LockingDigestUnfitError) as caught:
        do(ground, TO_LOCKFILE, connections)
    assert caught.value.facts == (
        ("table", ground.table),
        ("digest", STALE),
        ("of the bytes", md5_of(before.states[STATES[1]])),
    )
    seen = ground.look()
    assert (seen.files, seen.states, seen.locks) == (before.files, before.states, {})
    # Of the states before it the digest is gone already: nobody looks at one that is not there.
    assert seen.digests == {key: before.digests[key] for key in STATES[1:]}


@pytest.mark.parametrize("stage", [TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB], ids=str)
def test_a_digest_without_its_state_is_told(
    ground: Ground, connections: Connections, stage: Stage
) -> None:
    ground.write("network/main.tf", ground.block(KEY, *stage.old))
    ground.put_digest(KEY, STALE)
    before = ground.look()
    with pytest.raises(LockingDigestUnfitError) as caught:
        do(ground, stage, connections)
    assert caught.value.facts[-1] == ("of the bytes", "there is no state")
    assert ground.look() == before
    assert ground.journal() == []


@pytest.mark.parametrize("stored", [STALE, "no digest"])
def test_on_the_way_back_a_digest_of_an_earlier_time_goes(
    ground: Ground, connections: Connections, stored: str
) -> None:
    bodies = built(ground, BACK_TO_BOTH)
    ground.put_digest(KEY, stored)
    do(ground, BACK_TO_BOTH, connections)
    assert ground.look() == done(ground, BACK_TO_BOTH, bodies)
    assert ground.journal() == [ground.noted(KEY, stored, "remove the digest")]


@pytest.mark.parametrize("stored", [STALE, "no digest", None])
def test_before_the_table_is_all_there_is_the_digest_is_made_right(
    ground: Ground, connections: Connections, stored: str | None
) -> None:
    ground.write("network/main.tf", ground.block(KEY, TABLE, FILE))
    body = body_of(3, KEY)
    ground.put(KEY, body, digest=False)
    if stored is not None:
        ground.put_digest(KEY, stored)
    do(ground, BACK_TO_DYNAMODB, connections)
    assert ground.look() == done(ground, BACK_TO_DYNAMODB, {KEY: body})
    assert ground.journal() == [ground.noted(KEY, stored, "write the digest of the bytes")]


def unlocked_writer(ground: Ground) -> Callable[[], None]:
    """Return what writes a new state at each call, without a lock and without a digest."""
    serials = count(4)
    return lambda: ground.put(KEY, body_of(next(serials), KEY), digest=False)


def test_a_state_that_somebody_writes_before_its_digest_gets_the_right_one(
    faulty_ground: Ground, connections: Connections, fault_proxy: FaultProxy
) -> None:
    ground = faulty_ground
    built(ground, BACK_TO_DYNAMODB)
    ground.put_digest(KEY, STALE)
    once(fault_proxy, "dynamodb:PutItem", "-md5", unlocked_writer(ground))
    do(ground, BACK_TO_DYNAMODB, connections)
    assert ground.look() == done(ground, BACK_TO_DYNAMODB, {KEY: body_of(4, KEY)})
    written = "write the digest of the bytes"
    assert ground.journal() == [
        ground.noted(KEY, STALE, written),
        ground.noted(KEY, md5_of(body_of(3, KEY)), written),
    ]


def test_a_state_that_does_not_hold_still_is_left_without_a_digest(
    faulty_ground: Ground, connections: Connections, fault_proxy: FaultProxy
) -> None:
    ground = faulty_ground
    built(ground, BACK_TO_DYNAMODB)
    ground.put_digest(KEY, STALE)
    files, write = ground.files(), unlocked_writer(ground)
    once(fault_proxy, "dynamodb:PutItem", "-md5", write, times=3)
    with pytest.raises(StateChangedError) as caught:
        do(ground, BACK_TO_DYNAMODB, connections)
    world = "its code is as it was, and no digest is left that would refuse it"
    assert caught.value.world == world
    # A digest that does not fit would refuse the state to everybody; one that is not there does not.
    states = {KEY: body_of(6, KEY)}
    assert ground.look() == Seen(files=files, states=states, digests={}, locks={})
    assert ground.journal()[-1] == ground.noted(KEY, md5_of(body_of(5, KEY)), "remove the digest")
    do(ground, BACK_TO_DYNAMODB, connections)
    assert ground.look() == done(ground, BACK_TO_DYNAMODB, states)


def test_a_digest_that_somebody_writes_meanwhile_stays(
    faulty_ground: Ground, connections: Connections, fault_proxy: FaultProxy
) -> None:
    built(faulty_ground, TO_LOCKFILE)
    before = faulty_ground.look()
    once(fault_proxy, "dynamodb:DeleteItem", "-md5", lambda: faulty_ground.put_digest(KEY, STALE))
    with pytest.raises(DigestNotWrittenError):
        do(faulty_ground, TO_LOCKFILE, connections)
    seen = faulty_ground.look()
    assert seen.digests == {KEY: STALE}
    assert (seen.files, seen.states, seen.locks) == (before.files, before.states, {})


@LOCKING
def test_a_file_that_was_edited_since_the_plan_is_left_as_it_is(
    ground: Ground, connections: Connections, stage: Stage
) -> None:
    bodies = built(ground, stage)
    planned = ground.plan(stage.goal, connections, table=ground.table)
    text = ground.block(KEY, *stage.old) + "# mine\n"
    ground.write("network/main.tf", text)
    with pytest.raises(CodeChangedError):
        ground.switch(planned, connections)
    seen = ground.look()
    assert (seen.files, seen.states, seen.locks) == (
        {"network/main.tf": text.encode()},
        bodies,
        {},
    )
    do(ground, stage, connections)
    assert ground.texts() == {"network/main.tf": ground.block(KEY, *stage.new) + "# mine\n"}


@LOCKING
def test_a_lock_that_somebody_broke_is_noticed_before_the_code_is_switched(
    faulty_ground: Ground, connections: Connections, fault_proxy: FaultProxy, stage: Stage
) -> None:
    built(faulty_ground, stage)
    if stage is BACK_TO_BOTH:
        faulty_ground.put_digest(KEY, STALE)
    if stage is BACK_TO_DYNAMODB:
        faulty_ground.put_digest(KEY, "no digest")
    operation = "dynamodb:PutItem" if stage is BACK_TO_DYNAMODB else "dynamodb:DeleteItem"
    once(fault_proxy, operation, "-md5", lambda: faulty_ground.put_lock(KEY, reason="theirs"))
    before = faulty_ground.look()
    with pytest.raises(WorkLocksLeftError) as caught:
        do(faulty_ground, stage, connections)
    assert isinstance(caught.value.__cause__, LockLostError)
    seen = faulty_ground.look()
    assert (seen.files, seen.states) == (before.files, before.states)
    assert seen.locks == {f"object {KEY}.tflock": "theirs"}
