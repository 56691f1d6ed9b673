"""An engine applies: we see its lock to the byte, are refused because of it, and leave it alone."""

from collections.abc import Callable

from holdfast.app.lock_taking import Failure
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.locks import Held
from tests.conformance.roots import (
    BoardRow,
    EngineRoot,
    board_row,
    give_back,
    locks_of,
    our_attempt,
    stored_text,
)
from tests.conformance.table import Direction
from tests.support.locking import KEY

DIRECTION = Direction.ENGINE_HOLDS


def test_we_see_the_lock_of_an_engine_and_are_refused(
    root: EngineRoot, see: Callable[[str], None]
) -> None:
    place = root.place
    with root.terraform.held_apply() as apply:
        locks = locks_of(place)
        texts = {kind: stored_text(place, kind) for kind in locks}
        shown = board_row(root)
        attempt = our_attempt(place)
        give_back(place, attempt)
        afterwards = locks_of(place)
        applied = apply.release()

    assert tuple(locks) == root.kinds
    (holder,) = {lock.content for lock in locks.values()}
    assert isinstance(holder, LockInfo)
    assert texts == dict.fromkeys(root.kinds, holder.text)
    assert (holder.operation, holder.path, holder.version) == (
        "OperationTypeApply",
        lock_path(place.bucket, KEY),
        str(root.engine.version),
    )
    assert holder.created_at is not None

    assert shown == BoardRow(
        key=KEY,
        kind=root.locking.value,
        marks=(),
        identifiers=dict.fromkeys(root.kinds, holder.identifier),
    )
    refusing = root.kinds[0]
    refusal = Held(holder=Known(locks[refusing]))
    assert attempt.failure == Failure(kind=refusing, outcome=refusal)
    assert afterwards == locks
    assert (applied.status, locks_of(place)) == (0, {})
    see("refused; holder read to the byte, and shown")
