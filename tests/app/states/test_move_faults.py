"""Every write of a move and of a forget fails in turn, and running it again comes to the same end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from tests.app.states.conftest import History
from tests.app.states.faults import FAULTS, ActionOf, disturbed, writes_of
from tests.app.states.moving import Scene
from tests.support.fault_proxy import FaultProxy


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
