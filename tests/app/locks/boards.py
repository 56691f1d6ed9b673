"""Boards of tests: who looks, when, and what is seen of a place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_listing_stores import PageSizes
from holdfast.core.backends import Locking
from holdfast.core.lock_board import Board
from holdfast.core.lock_info import LockInfo, created_text
from holdfast.core.lock_marks import Onlooker
from tests.support.locking import NOW_NANOSECONDS, Site

NOW = datetime.fromtimestamp(NOW_NANOSECONDS // 1_000_000_000, tz=UTC)
ONLOOKER = Onlooker(who="ann@laptop", now=NOW)
ANN = "11111111-aaaa-bbbb-cccc-000000000001"
BEN = "22222222-aaaa-bbbb-cccc-000000000002"


def lock_of(
    place: Site,
    key: str,
    identifier: str = ANN,
    *,
    who: str = "ann@ci-runner-7",
    age: timedelta = timedelta(minutes=12),
) -> LockInfo:
    """A lock as an engine would write it."""
    nanoseconds = NOW_NANOSECONDS - int(age.total_seconds()) * 1_000_000_000
    return LockInfo(
        identifier=identifier,
        operation="OperationTypeApply",
        who=who,
        version="1.11.4",
        created=created_text(nanoseconds),
        path=f"{place.bucket}/{key}",
    )


def board(
    place: Site,
    locking: Locking = Locking.BOTH,
    *,
    onlooker: Onlooker = ONLOOKER,
    sizes: PageSizes | None = None,
) -> Board:
    """List the one backend of a place, whose roots nobody knows."""
    backend = replace(place.backend(locking))
    return list_locks((backend,), connections=place.connections, onlooker=onlooker, sizes=sizes)
