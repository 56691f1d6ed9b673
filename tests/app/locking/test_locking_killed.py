"""A stage that is killed just before any of its changes: doing it again comes to the same end, and nothing stays locked."""

import itertools
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.sandbox.embedded import Sandbox
from tests.app.locking.conftest import ground_in
from tests.app.locking.ground import Ground
from tests.app.locking.stage_process import KILLED, StageJob, run_job
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    KEY,
    STATES,
    TO_BOTH,
    TO_LOCKFILE,
    Stage,
)
from tests.app.locking.workbench import Workbench
from tests.support.fixtures import fresh_account

# The states, with a workspace where two kinds of lock are given back one after the other, and at least so many changes.
CASES = [(TO_BOTH, 1, 3), (TO_LOCKFILE, 2, 16), (BACK_TO_BOTH, 1, 9), (BACK_TO_DYNAMODB, 1, 9)]


def built(ground: Ground, stage: Stage, *keys: str) -> dict[str, bytes]:
    """Write a root, and what a stage has to clear away or to make right."""
    ground.write("network/main.tf", ground.block(KEY, *stage.old))
    bodies = stage.written(ground, *keys)
    if stage in {BACK_TO_BOTH, BACK_TO_DYNAMODB}:
        ground.put_digest(KEY, "f" * 32)
    return bodies


@pytest.mark.parametrize(("stage", "states", "changes_min"), CASES, ids=str)
def test_a_killed_stage_is_completed_by_running_it_again(
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    stage: Stage,
    states: int,
    changes_min: int,
) -> None:
    keys = STATES[:states]
    for number in itertools.count(1):
        account = fresh_account(sandbox)
        ground = ground_in(account, tmp_path / str(number) / "code", monkeypatch, None)
        bodies = built(ground, stage, *keys)
        job = StageJob(
            workbench=Workbench(
                bucket=ground.bucket, table=ground.table, directory=ground.directory
            ),
            goal=stage.after,
            keys=keys,
            environment=account.environment(),
            number=number,
        )
        status = run_job(job)
        assert status in {0, KILLED}, number
        if status == KILLED:
            # Each account has clients of its own.
            with Connections(attempts_max=1) as connections:
                ground.run(stage.after, connections, keys, table=ground.table)
        texts = {"network/main.tf": ground.block(KEY, *stage.new)}
        assert ground.look() == stage.seen_after(ground, texts, bodies), number
        assert ground.versions() == dict.fromkeys(keys, 1)
        if status == 0:
            break
    assert number > changes_min
