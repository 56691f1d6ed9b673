"""A fleet in which one engine uses the table alone and another the lock file alone: both hold, and it is seen."""

import json
from collections.abc import Callable
from pathlib import Path

from holdfast.app.lock_taking import Failure
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import Held, LockKind, StoredLock
from tests.conformance.roots import (
    BoardRow,
    EngineRoot,
    board_row,
    engine_root,
    give_back,
    holdfast,
    locks_of,
    our_attempt,
)
from tests.conformance.table import Direction
from tests.support.engines import DEVELOPMENT_ENGINE
from tests.support.locking import KEY

DIRECTION = Direction.MIXED


def test_two_engines_both_hold_one_state_and_both_owners_are_seen(
    root: EngineRoot, tmp_path: Path, see: Callable[[str], None]
) -> None:
    place = root.place
    engine = root.engine if root.engine.has_lockfile else DEVELOPMENT_ENGINE
    other = engine_root(place, engine, Locking.LOCKFILE, tmp_path / "roots" / "other")

    with root.terraform.held_apply() as first, other.terraform.held_apply() as second:
        locks = locks_of(place)
        shown = board_row(root)
        attempt = our_attempt(place)
        give_back(place, attempt)
        afterwards = locks_of(place)
        ended = [first.release().status, second.release().status]

    owners = {kind: info_of(lock) for kind, lock in locks.items()}
    assert {kind: info.version for kind, info in owners.items()} == {
        LockKind.OBJECT: str(engine.version),
        LockKind.ITEM: str(root.engine.version),
    }
    assert len({info.identifier for info in owners.values()}) == 2
    assert shown == BoardRow(
        key=KEY,
        kind="both",
        marks=("differ",),
        identifiers={kind: info.identifier for kind, info in owners.items()},
    )
    refusal = Held(holder=Known(locks[LockKind.OBJECT]))
    assert attempt.failure == Failure(kind=LockKind.OBJECT, outcome=refusal)
    assert afterwards == locks
    # Both believed that they were alone, and nothing told them otherwise.
    assert (ended, locks_of(place)) == ([0, 0], {})
    assert critical_findings(root) == ["key-collision", "state-locking-split"]
    see("both hold and exit 0; `locks`: differ; `audit`: state-locking-split")


def info_of(lock: StoredLock) -> LockInfo:
    assert isinstance(lock.content, LockInfo)
    return lock.content


def critical_findings(root: EngineRoot) -> list[str]:
    """Return what the audit finds critical in the code of both roots."""
    audit = holdfast(root, "audit", "--offline", "--format", "json")
    assert audit.status == 3, audit.errors
    findings = json.loads(audit.output)["findings"]
    return [each["rule"] for each in findings if each["severity"] == "critical"]
