"""A fleet in which one engine uses the table alone and another the lock file alone: both hold, and it is seen."""

import json
from collections.abc import Callable
from pathlib import Path

from holdfast.app.lock_taking import Failure
from holdfast.core.backends import Locking
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import Held, LockKind
from tests.conformance.roots import EngineRoot, engine_root, give_back, locks_of, our_attempt
from tests.conformance.table import Direction
from tests.support.engines import DEVELOPMENT_ENGINE
from tests.support.worlds import run_holdfast

DIRECTION = Direction.MIXED


def test_two_engines_both_hold_one_state_and_both_owners_are_seen(
    root: EngineRoot, tmp_path: Path, see: Callable[[str], None]
) -> None:
    place = root.place
    engine = root.engine if root.engine.has_lockfile else DEVELOPMENT_ENGINE
    other = engine_root(place, engine, Locking.LOCKFILE, tmp_path / "roots" / "other")

    with root.terraform.held_apply() as first, other.terraform.held_apply() as second:
        locks = locks_of(place)
        attempt = our_attempt(place)
        give_back(place, attempt)
        afterwards = locks_of(place)
        ended = [first.release().status, second.release().status]

    owners = [locks[kind].content for kind in (LockKind.ITEM, LockKind.OBJECT)]
    assert [each.version for each in owners if isinstance(each, LockInfo)] == [
        str(root.engine.version),
        str(engine.version),
    ]
    assert owners[0] != owners[1]
    refusal = Held(holder=Known(locks[LockKind.OBJECT]))
    assert attempt.failure == Failure(kind=LockKind.OBJECT, outcome=refusal)
    assert afterwards == locks
    # Both believed that they were alone, and nothing told them otherwise.
    assert (ended, locks_of(place)) == ([0, 0], {})
    assert critical_findings(root, tmp_path / "roots") == ["key-collision", "state-locking-split"]
    see("both hold and exit 0; two owners shown; audit: `state-locking-split`")


def critical_findings(root: EngineRoot, repository: Path) -> list[str]:
    """Return what the audit finds critical in the code of both roots."""
    audit = run_holdfast(
        *("audit", "--offline", "--format", "json"),
        directory=repository,
        environment=root.place.account.environment(),
    )
    assert audit.status == 3, audit.errors
    findings = json.loads(audit.output)["findings"]
    return [each["rule"] for each in findings if each["severity"] == "critical"]
