"""We hold the state with a reason: an engine is refused, and prints the reason and whom to ask."""

import re
from collections.abc import Callable

from holdfast.core.lock_info import LockInfo, lock_path
from tests.conformance.roots import EngineRoot, locks_of, our_lock, release_locks
from tests.conformance.table import Direction
from tests.support.locking import KEY
from tests.support.real_terraform import Finished

DIRECTION = Direction.WE_HOLD
REASON = "freeze: <moving> & co, until Monday"


def test_an_engine_is_refused_by_our_lock_and_prints_our_reason(
    root: EngineRoot, see: Callable[[str], None]
) -> None:
    ours = our_lock(root.place, REASON)
    held = locks_of(root.place)

    plan = root.run("plan")
    apply = root.run("apply", "-auto-approve")

    assert {kind: lock.content for kind, lock in held.items()} == dict.fromkeys(held, ours)
    for refused in (plan, apply):
        assert refused.status == 1
        assert "Error acquiring the state lock" in refused.errors
        assert shown_lock(refused) == expected_lock(ours)
    # Whatever the engine took before it was refused is given back, and nothing was written.
    assert locks_of(root.place) == held
    assert KEY not in root.place.lock_object_keys()

    release_locks(root.place, held)
    assert root.run("plan").status == 0
    see("refused; prints id, who and reason")


def shown_lock(refused: Finished) -> dict[str, str]:
    """Return the block `Lock Info` of an engine's error."""
    block = refused.errors.partition("Lock Info:")[2]
    return dict(re.findall(r"^\W*(\w+):[ ]+(\S.*?)\s*$", block, flags=re.MULTILINE))


def expected_lock(info: LockInfo) -> dict[str, str]:
    """Return what an engine prints of our lock."""
    return {
        "ID": info.identifier,
        "Path": lock_path(info.path.partition("/")[0], KEY),
        "Operation": info.operation,
        "Who": info.who,
        "Version": info.version,
        "Created": "2026-11-20 15:25:33.599739994 +0000 UTC",
        "Info": REASON,
    }
