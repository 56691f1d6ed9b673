"""Every request of a stage is refused, and every write not answered, in turn, and doing it again comes to the same end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.errors import HoldfastError
from holdfast.sandbox.embedded import Sandbox
from tests.app.locking.conftest import ground_in
from tests.app.locking.ground import Ground
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    KEY,
    TO_LOCKFILE,
    Stage,
)
from tests.support.cloud_writes import WRITES, is_write
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropAfter, Rule, access_denied
from tests.support.fixtures import fresh_account

FAULTS = pytest.mark.parametrize(
    "action_of",
    [access_denied, lambda _: DropAfter()],
    ids=["denied", "unanswered"],
)
STAGES = pytest.mark.parametrize("stage", [TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB], ids=str)
ActionOf = Callable[[str], Action]


@pytest.fixture
def grounds(
    sandbox: Sandbox, fault_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Ground]:
    """Yield as many grounds behind the proxy as are wanted, each in an account of its own."""

    def made() -> Iterator[Ground]:
        while True:
            account = fresh_account(sandbox)
            directory = tmp_path / str(account.number) / "code"
            yield ground_in(account, directory, monkeypatch, fault_proxy.url)

    return made()


def built(ground: Ground, stage: Stage) -> dict[str, bytes]:
    ground.write("network/main.tf", ground.block(KEY, *stage.old))
    bodies = stage.written(ground, KEY)
    if stage is not TO_LOCKFILE:
        ground.put_digest(KEY, "f" * 32)
    return bodies


def run(ground: Ground, stage: Stage) -> None:
    with Connections(attempts_max=1) as connections:
        ground.run(stage.after, connections, [KEY], table=ground.table)


def assert_done(ground: Ground, stage: Stage, bodies: dict[str, bytes]) -> None:
    texts = {"network/main.tf": ground.block(KEY, *stage.new)}
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.versions() == {KEY: 1}


def requests_of(proxy: FaultProxy, ground: Ground, stage: Stage) -> list[str]:
    """Return the operations of a stage that nothing disturbs."""
    bodies = built(ground, stage)
    proxy.forget()
    run(ground, stage)
    assert_done(ground, stage, bodies)
    return [each.operation for each in proxy.requests()]


@FAULTS
@STAGES
def test_a_stage_with_a_failed_write_is_completed_by_running_it_again(
    grounds: Iterator[Ground], fault_proxy: FaultProxy, stage: Stage, action_of: ActionOf
) -> None:
    operations = requests_of(fault_proxy, next(grounds), stage)
    writes = [each for each in operations if each in WRITES]
    assert len(writes) == 11  # two locks, each tried for its conditions, and a digest
    for position, operation in enumerate(writes):
        ground = next(grounds)
        bodies = built(ground, stage)
        rule = Rule(action=action_of(operation), when=is_write, skip=position, times=1)
        fault_proxy.add(rule)
        with suppress(HoldfastError):
            run(ground, stage)
        fault_proxy.allow_all()
        run(ground, stage)
        assert_done(ground, stage, bodies)


@STAGES
def test_a_stage_that_may_not_do_something_says_so_and_is_completed_when_it_may(
    grounds: Iterator[Ground], fault_proxy: FaultProxy, stage: Stage
) -> None:
    operations = requests_of(fault_proxy, next(grounds), stage)
    for operation in dict.fromkeys(operations):
        ground = next(grounds)
        bodies = built(ground, stage)
        before = ground.look()
        fault_proxy.deny(operation)
        with pytest.raises(HoldfastError):
            run(ground, stage)
        fault_proxy.allow_all()
        seen = ground.look()
        # Neither the states nor the digests are changed where not all that it takes is allowed.
        assert seen.states == before.states
        if not operation.endswith(("DeleteItem", "DeleteObject")):
            assert (seen.files, seen.locks) == (before.files, {}), operation
        run(ground, stage)
        assert_done(ground, stage, bodies)
