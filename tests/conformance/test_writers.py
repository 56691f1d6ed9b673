"""Every engine in every mode writes a state, and what it leaves behind tells which locks it took."""

from datetime import UTC, datetime, timedelta

from holdfast.app.locking_evidence import read_evidence
from holdfast.core.backends import Locking
from holdfast.core.digests import DigestVerdict
from holdfast.core.lock_file_history import WrittenUnder
from holdfast.core.locking_evidence import StateEvidence
from holdfast.core.locks import LockKind
from tests.conformance.roots import EngineRoot
from tests.support.locking import KEY

LEFT_BY = {
    Locking.DYNAMODB: (WrittenUnder.NO_LOCK_FILE, [DigestVerdict.RIGHT]),
    Locking.LOCKFILE: (WrittenUnder.LOCK_FILE, []),
    Locking.BOTH: (WrittenUnder.LOCK_FILE, [DigestVerdict.RIGHT]),
}


def seen(root: EngineRoot) -> StateEvidence:
    """Return what is known of the one state."""
    now = datetime.now(tz=UTC)
    (state,) = read_evidence(
        [root.place.backend(root.locking)],
        connections=root.place.connections,
        now=now,
        since=now - timedelta(hours=1),
    ).states
    assert state.key == KEY
    return state


def test_each_writer_is_told_by_what_it_leaves_behind(root: EngineRoot) -> None:
    with root.terraform.held_apply() as apply:
        held = seen(root)
        assert apply.release().status == 0
    left = seen(root)

    assert {kind for kind in LockKind if held.locks_of(kind)} == set(root.kinds)
    assert [kind for kind in LockKind if held.has_lone(kind)] == (
        [] if root.locking is Locking.BOTH else list(root.kinds)
    )
    assert (held.last_write, held.is_there, left.is_there, left.locks) == (None, False, True, None)
    assert left.last_write is not None
    assert (left.last_write.under, [each.verdict for each in left.digests]) == LEFT_BY[root.locking]
    assert (left.first_seen is not None) == root.locking.uses_lockfile
    assert (left.unlocked is not None) == (root.locking is Locking.DYNAMODB)
