"""What gates look at, as values: everything has been seen with both locks unless a test says otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from holdfast.core.backends import Backend, Locking
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.fleet import Fleet
from holdfast.core.lock_board import LockSide, StateLocks, StoreListing
from holdfast.core.lock_file_history import History, Write, WrittenUnder
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_evidence import (
    FleetEvidence,
    StateEvidence,
    TableDigest,
    TableEvidence,
)
from holdfast.core.locks import LockKind
from holdfast.core.repository import CachedBackend, LiteralValue, Root
from tests.core.locked_states import info_of, item_side, object_side
from tests.rules.fleets import BUCKET, KEY, REGION, TABLE, backend, fleet, root

SINCE = datetime(2026, 11, 10, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DENIED = Withheld(reason=Reason.PERMISSION, permission="s3:ListBucketVersions", detail="no")
PASSED, REFUSED, UNKNOWN = CheckOutcome.PASSED, CheckOutcome.REFUSED, CheckOutcome.UNKNOWN

# A change is a field of the dataclass: `replace` refuses any other name.
Changes = Any


def settings(mode: Locking, path: str = "network") -> dict[str, LiteralValue]:
    """Return the arguments of a root that locks in a mode."""
    found: dict[str, LiteralValue] = {
        "bucket": BUCKET,
        "key": f"{path}/terraform.tfstate",
        "region": REGION,
    }
    if mode.uses_table:
        found["dynamodb_table"] = TABLE
    if mode.uses_lockfile:
        found["use_lockfile"] = True
    return found


def cache(mode: Locking, path: str = "network", **changes: LiteralValue) -> CachedBackend:
    """Return what `init` leaves behind: every argument, null where it is not set."""
    config = {"dynamodb_table": None, "use_lockfile": None, **settings(mode, path), **changes}
    return CachedBackend(path=f"{path}/.terraform/terraform.tfstate", type="s3", config=config)


def root_with(mode: Locking, path: str = "network", **changes: Changes) -> Root:
    return root(path, settings=settings(mode, path), **changes)


def code(*roots: Root) -> Fleet:
    return fleet(*(roots or (root_with(Locking.BOTH),)))


def the_backend(of: Fleet) -> Backend:
    return next((each for each in of.backends if each.bucket == BUCKET), backend())


def write(days: float, under: WrittenUnder, **changes: Changes) -> Write:
    """Return a write so many days after the moment."""
    made = Write(moment=SINCE + timedelta(days=days), version="v", under=under)
    return replace(made, **changes)


SEEN = History(
    last_write=write(2, WrittenUnder.LOCK_FILE),
    unlocked=None,
    untold=None,
    lock_file_first=SINCE - timedelta(days=20),
    lock_file_last=SINCE + timedelta(days=2),
)


def state(key: str = KEY, **changes: Changes) -> StateEvidence:
    made = StateEvidence(
        backend=BUCKET,
        bucket=BUCKET,
        key=key,
        workspace="default",
        roots=("network",),
        is_there=True,
        history=Known(SEEN),
        engine_lock_file=Known(SINCE + timedelta(days=2)),
        digests=(TableDigest(table=TABLE, verdict=DigestVerdict.RIGHT),),
    )
    return replace(made, **changes)


def locks(*sides: LockSide, key: str = KEY) -> StateLocks:
    return StateLocks(
        backend=BUCKET,
        bucket=BUCKET,
        key=key,
        workspace="default",
        modes=frozenset({Locking.BOTH}),
        sides=sides,
    )


BOTH_LOCKS = locks(object_side(info_of()), item_side(info_of()))
ITEM_ALONE = locks(object_side(None), item_side(info_of()))
OBJECT_ALONE = locks(object_side(info_of()), item_side(None))
ITEM_AND_UNKNOWN = locks(object_side(DENIED), item_side(info_of()))

BUCKET_STORE = StoreListing(kind=LockKind.OBJECT, place="bucket `b`", backends=(BUCKET,))
TABLE_STORE = StoreListing(kind=LockKind.ITEM, place="table `t`", backends=(BUCKET,))


def evidence(*states: StateEvidence, **changes: Changes) -> FleetEvidence:
    made = FleetEvidence(
        states=states or (state(),),
        tables=(TableEvidence(table=TABLE, region=REGION, backends=(BUCKET,)),),
        stores=(BUCKET_STORE, TABLE_STORE),
        since=SINCE,
        now=NOW,
    )
    return replace(made, **changes)


def open_checks(checks: Checks) -> dict[str, CheckOutcome]:
    """Return what has not passed."""
    return {each.slug: each.outcome for each in checks.checks if each.outcome is not PASSED}


def proof_of(checks: Checks, slug: str) -> Sequence[str]:
    """Return the evidence of one check."""
    return [line.text for each in checks.checks if each.slug == slug for line in each.evidence]
