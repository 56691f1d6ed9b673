"""Whoever has the old code still: he is kept out, he keeps others out, and what he writes a moment late blocks nobody."""

import json
import threading
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from tests.app.locking.ground import md5_of
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    TO_BOTH,
    TO_LOCKFILE,
    Stage,
)
from tests.no_lost_write.checkouts import DEFAULT, Checkout
from tests.no_lost_write.fleet import WorkedFleet
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Delay, Rule
from tests.support.real_terraform import finished

KEY = "network/state"
STATES = ((DEFAULT, KEY),)
AT_ONCE = "-lock-timeout=0s"
END_SECONDS = 60.0
EACH_STAGE = pytest.mark.parametrize(
    "stage", [TO_BOTH, TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB], ids=str
)


def applied(checkout: Checkout, token: str) -> None:
    done = checkout.apply(token)
    assert done.status == 0, done.errors
    checkout.work.note_applied(KEY, token)


@EACH_STAGE
def test_old_and_new_code_keep_each_other_out(
    fleet: WorkedFleet, tmp_path: Path, stage: Stage
) -> None:
    old = fleet.checkout(tmp_path / "old", STATES, stage.old)
    new = fleet.checkout(tmp_path / "new", STATES, stage.new)
    for holder, other, again in ((old, new, ()), (new, old, ("-replace=terraform_data.holding",))):
        with holder.terraform.held_apply("-var=token=held", *again) as held:
            before = fleet.ground.objects().get(KEY)
            refused = other.apply("refused", patience=AT_ONCE)
            assert refused.status == 1
            assert "Error acquiring the state lock" in refused.errors
            assert fleet.ground.objects().get(KEY) == before
            assert held.release().status == 0
        (holder.terraform.directory / "holding.tf").unlink()
        assert json.loads(fleet.ground.objects()[KEY])["outputs"]["token"]["value"] == "held"
    assert fleet.ground.look().locks == {}


@EACH_STAGE
def test_an_engine_that_was_started_with_the_old_code_and_takes_its_lock_with_the_new(
    fleet: WorkedFleet,
    connections: Connections,
    fault_proxy: FaultProxy,
    stage: Stage,
) -> None:
    directory = fleet.ground.directory / "network"
    checkout = fleet.checkout(directory, STATES, stage.old, through=fault_proxy.url)
    applied(checkout, "before")
    reached, let_go = threading.Event(), threading.Event()

    def hold(request: Request) -> bool:
        if not is_lock(request):
            return False
        reached.set()
        return let_go.wait(END_SECONDS)

    fault_proxy.add(Rule(action=Delay(), when=hold, times=1))
    with checkout.terraform.start(
        "apply", "-auto-approve", "-input=false", "-var=token=late"
    ) as engine:
        assert reached.wait(END_SECONDS)
        fleet.ground.stage(stage.goal, connections, table=fleet.ground.table)
        let_go.set()
        late = finished(engine)
    assert late.status == 0, late.errors
    fleet.work.note_applied(KEY, "late")

    # Everybody goes on with the new code: no digest is in anybody's way.
    checkout.initialise()
    applied(checkout, "after")
    fleet.assert_no_write_lost()
    if stage.after is Locking.LOCKFILE:
        # The late one wrote a digest, which nobody reads any more; on the way back it goes.
        assert set(fleet.ground.look().digests) == {KEY}
        fleet.ground.stage(Locking.BOTH, connections, table=fleet.ground.table)
        checkout.initialise()
        applied(checkout, "back")
    seen = fleet.ground.look()
    assert seen.locks == {}
    assert seen.digests == {KEY: md5_of(seen.states[KEY])}
    fleet.assert_no_write_lost()


def test_beside_lock_files_an_old_checkout_is_stopped_by_its_own_digest(
    fleet: WorkedFleet, tmp_path: Path
) -> None:
    old = fleet.checkout(tmp_path / "old", STATES, TO_LOCKFILE.old)
    new = fleet.checkout(tmp_path / "new", STATES, TO_LOCKFILE.new)
    applied(old, "old")
    applied(new, "new")
    stopped = old.apply("lost")
    assert stopped.status == 1
    assert "state data in S3 does not have the expected content" in stopped.errors
    fleet.assert_no_write_lost()
    assert fleet.ground.look().locks == {}
    # The new code is all that it takes.
    block = fleet.ground.block(KEY, *TO_LOCKFILE.new)
    (old.terraform.directory / "backend.tf").write_text(block, encoding="utf-8")
    old.initialise()
    applied(old, "old again")
    fleet.assert_no_write_lost()


def is_lock(request: Request) -> bool:
    """Tell whether a request takes a lock; the digest is an item as well."""
    match request.operation:
        case "s3:PutObject":
            return request.target.partition("?")[0].endswith(".tflock")
        case "dynamodb:PutItem":
            return b"attribute_not_exists" in request.body
        case _:
            return False
