"""Every write of a migration of local states fails in turn, and running it again comes to the same end."""

from pathlib import Path

from holdfast.aws.connections import Connections
from tests.app.states.conftest import History
from tests.app.states.faults import FAULTS, ActionOf, disturbed, writes_of
from tests.app.states.local_states import LocalScene, local_scene
from tests.support.fault_proxy import FaultProxy


@FAULTS
def test_a_migration_with_a_failed_write_is_completed_by_running_it_again(
    faulty: History,
    connections: Connections,
    tmp_path: Path,
    fault_proxy: FaultProxy,
    action_of: ActionOf,
) -> None:
    def built(name: str) -> LocalScene:
        key = f"{name}/terraform.tfstate"
        return local_scene(faulty.site, connections, tmp_path / name, key=key, workspaces=())

    first = built("undisturbed")
    operations = writes_of(fault_proxy, first.migrate)
    first.assert_migrated()
    # Beside what probes the conditions of a store of its own.
    assert operations.count("s3:PutObject") >= 2  # a lock and the state
    assert operations.count("dynamodb:PutItem") >= 2  # a lock and the digest
    for position, operation in enumerate(operations):
        local = built(f"write-{position}")
        disturbed(fault_proxy, local.migrate, action_of(operation), skip=position)
        assert (local.path().exists(), local.kept().exists()) in {(True, False), (False, True)}
        local.complete()
        local.assert_migrated()
