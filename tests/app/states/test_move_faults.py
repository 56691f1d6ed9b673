"""Every write of a move and of a forget fails in turn, and running it again comes to the same end."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.errors import HoldfastError
from tests.app.states.conftest import History
from tests.app.states.moving import Scene
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Action, DropAfter, DropBefore, Rule, access_denied

WRITES = frozenset({"s3:PutObject", "s3:DeleteObject", "dynamodb:PutItem", "dynamodb:DeleteItem"})
FAULTS = pytest.mark.parametrize(
    "action_of",
    [access_denied, lambda _: DropBefore(), lambda _: DropAfter()],
    ids=["denied", "unheard", "unanswered"],
)
ActionOf = Callable[[str], Action]


@pytest.fixture
def scenes(faulty: History, connections: Connections, tmp_path: Path) -> Callable[..., Scene]:
    """Return what builds a scene of its own, with a key of its own, behind the proxy."""

    def built(name: str, *workspaces: str) -> Scene:
        return Scene(
            site=faulty.site,
            directory=tmp_path / name / "code",
            key=f"{name}/terraform.tfstate",
            connections=connections,
            workspaces=workspaces,
        ).build()

    return built


def writes_of(proxy: FaultProxy, act: Callable[[], object]) -> list[str]:
    """Return the operations of all writes of a run that nothing disturbs."""
    proxy.forget()
    act()
    return [each.operation for each in proxy.requests() if each.operation in WRITES]


def is_write(request: Request) -> bool:
    return request.operation in WRITES


def disturbed(proxy: FaultProxy, act: Callable[[], object], action: Action, *, skip: int) -> None:
    """Run something with one write that fails; it may raise our errors and nothing else."""
    proxy.add(Rule(action=action, when=is_write, skip=skip, times=1))
    with suppress(HoldfastError):
        act()
    proxy.allow_all()


@FAULTS
def test_a_move_with_a_failed_write_is_completed_by_running_it_again(
    scenes: Callable[..., Scene], fault_proxy: FaultProxy, action_of: ActionOf
) -> None:
    first = scenes("undisturbed")
    operations = writes_of(fault_proxy, first.move)
    first.assert_moved()
    assert operations.count("s3:PutObject") >= 3  # two locks and a state
    for position, operation in enumerate(operations):
        scene = scenes(f"write-{position}")
        disturbed(fault_proxy, scene.move, action_of(operation), skip=position)
        scene.move()
        scene.assert_moved()


@FAULTS
def test_a_forget_with_a_failed_write_is_completed_by_running_it_again(
    scenes: Callable[..., Scene], fault_proxy: FaultProxy, action_of: ActionOf
) -> None:
    first = scenes("undisturbed", "dev")
    first.move()
    operations = writes_of(fault_proxy, first.forget)
    first.assert_forgotten()
    assert len(operations) == 8  # two states, each with a digest and two locks
    for position, operation in enumerate(operations):
        scene = scenes(f"write-{position}", "dev")
        scene.move()
        disturbed(fault_proxy, scene.forget, action_of(operation), skip=position)
        if scene.reasons():
            scene.forget()
        scene.assert_forgotten()
