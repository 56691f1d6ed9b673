"""Find when an engine last took the lock file of a state: the locks that Holdfast itself takes tell of no client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holdfast.app.state_places import place_of
from holdfast.aws.connections import Connections
from holdfast.aws.lock_file_versions import LockFileVersion, lock_file_version
from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_file_history import is_of_engine, puts_since
from holdfast.core.state_versions import StateVersion
from holdfast.errors import CustomerKeyError


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFileSearch:
    """Which lock file, its versions, and the moment from which on they count."""

    backend: Backend
    key: str
    versions: tuple[StateVersion, ...]
    since: datetime | None
    customer_key: bytes | None = None


def engine_lock_file(connections: Connections, search: LockFileSearch) -> Fact[datetime | None]:
    """Read the newest versions until one is of an engine; return when it was put, None when there is none.

    One that cannot be read may be of an engine or not, so that nothing is known beyond it.
    """
    puts = puts_since(search.versions, search.since)
    if not puts:
        return Known(None)
    try:
        place = place_of(search.backend, search.key, customer_key=search.customer_key)
    except CustomerKeyError as error:
        return Withheld(reason=Reason.NOT_ASKED, detail=str(error))
    for put in puts:
        address = LockFileVersion(
            bucket=place.bucket, key=search.key, settings=place.settings, version=put.identifier
        )
        match lock_file_version(connections, address):
            case Withheld() as withheld:
                return withheld
            case Known(content) if is_of_engine(content):
                return Known(put.written)
            case Known(_):
                continue
    return Known(None)
