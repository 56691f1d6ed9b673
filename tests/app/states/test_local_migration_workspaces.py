"""A local workspace that is made while its root is migrated is not left behind."""

from pathlib import Path

import pytest

from holdfast.app.local_migration import UNSWITCHED, MigratedState
from holdfast.aws.connections import Connections
from holdfast.errors import LocalStateChangedError
from tests.app.states.conftest import History, body_of
from tests.app.states.local_states import LocalScene, local_scene
from tests.support.locking import KEY

LATE = "network/terraform.tfstate.d/late/terraform.tfstate"


@pytest.fixture
def local(history: History, connections: Connections, tmp_path: Path) -> LocalScene:
    return local_scene(history.site, connections, tmp_path)


def test_a_workspace_that_was_made_after_the_plan_refuses_the_migration(local: LocalScene) -> None:
    plan = local.plan()
    local.write("late", body_of(1, "late"))
    before = local.files()
    with pytest.raises(LocalStateChangedError) as caught:
        local.migrate(plan)
    assert LATE in caught.value.headline
    assert caught.value.world == "nothing was changed"
    assert local.scene.objects() == {}
    assert local.files() == before
    local.migrate()
    assert local.scene.states()[f"env:/late/{KEY}"] == body_of(1, "late")


def test_a_workspace_that_was_made_after_the_copies_stays_in_the_plan_of_the_next_run(
    local: LocalScene,
) -> None:
    def on_migrated(migrated: MigratedState) -> None:
        if migrated.planned.file.workspace == "dev":
            local.write("late", body_of(1, "late"))

    with pytest.raises(LocalStateChangedError) as caught:
        local.migrate(on_migrated=on_migrated)
    assert LATE in caught.value.headline
    assert caught.value.world == UNSWITCHED
    assert local.path().is_file()
    assert local.scene.reasons() == {}
    local.migrate()
    assert not local.path().is_file()
    assert local.scene.states()[f"env:/late/{KEY}"] == body_of(1, "late")


def test_an_empty_file_that_was_made_after_the_plan_is_no_state(local: LocalScene) -> None:
    plan = local.plan()
    local.write("late", b"")
    local.migrate(plan)
    assert not local.path().is_file()
    assert local.scene.reasons() == {}
