"""An engine force-unlocks our lock by its id; what its mode does not cover stays, and is still ours."""

from collections.abc import Callable

from holdfast.core.locks import LockKind
from tests.conformance.roots import KINDS, EngineRoot, board_row, locks_of, our_lock
from tests.conformance.table import Direction

DIRECTION = Direction.ENGINE_UNLOCKS
WRONG = "00000000-0000-0000-0000-000000000000"


def test_an_engine_unlocks_our_lock_by_its_id(root: EngineRoot, see: Callable[[str], None]) -> None:
    ours = our_lock(root.place, "left by a runner that was killed")
    held = locks_of(root.place)

    refused = root.terraform.run("force-unlock", "-force", WRONG)
    assert (refused.status, locks_of(root.place)) == (1, held)

    unlocked = root.terraform.run("force-unlock", "-force", ours.identifier)

    assert (unlocked.status, unlocked.errors) == (0, "")
    left = {kind: lock for kind, lock in held.items() if kind not in root.kinds}
    assert locks_of(root.place) == left
    assert {lock.content for lock in left.values()} <= {ours}
    if LockKind.OBJECT in left:
        # The code of a root with a lock file only does not name the table, so nobody would look there.
        assert board_row(root).identifiers == {LockKind.OBJECT: ours.identifier}
    kept = next((kind.words for kind in KINDS if kind in left), None)
    see("unlocked" if kept is None else f"its own kind is unlocked; our {kept} stays")
