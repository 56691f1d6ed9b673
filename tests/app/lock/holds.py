"""Holds of tests: three states of one place, who looks, and what is locked."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from holdfast.app.journal import Journal, Remover
from holdfast.app.lock_hold_release import HoldRelease, release_hold
from holdfast.app.lock_holding import Hold, holding
from holdfast.app.lock_removal import Ledger
from holdfast.core.backends import Locking
from holdfast.core.lock_marks import Onlooker
from holdfast.core.locks import LockKind
from holdfast.core.state_naming import StateName
from tests.support.locking import Site, counting_bytes

KEYS = ("a/terraform.tfstate", "b/terraform.tfstate", "c/terraform.tfstate")
ME = Onlooker(who="ann@laptop", now=datetime(2026, 11, 20, 16, tzinfo=UTC))
FIRST_ID = "00000000-0000-0000-0000-000000000001"


def states_of(place: Site, keys: Sequence[str] = KEYS) -> tuple[StateName, ...]:
    backend = place.backend(Locking.BOTH)
    return tuple(StateName(backend=backend, key=key) for key in keys)


def take(place: Site, keys: Sequence[str] = KEYS, *, reason: str = "freeze") -> Hold:
    """Hold states as a process would that ended and left its locks."""
    with holding(
        states_of(place, keys),
        connections=place.connections,
        identity=place.identity,
        reason=reason,
    ) as hold:
        hold.keep()
    return hold


def release(
    place: Site,
    keys: Sequence[str] = KEYS,
    *,
    identifier: str | None = None,
    onlooker: Onlooker = ME,
    journal: Path | None = None,
) -> HoldRelease:
    """Release as the command does; the journal is kept only if its file is given."""
    with tempfile.TemporaryDirectory() as directory:
        ledger = Ledger(
            journal=Journal(path=journal or Path(directory) / "journal.jsonl"),
            remover=Remover(who=onlooker.who, caller=None, version="0.1.0"),
            clock=onlooker.now.isoformat,
            random=counting_bytes(),
        )
        backend = place.backend(Locking.BOTH)
        return release_hold(
            states_of(place, keys),
            identifier=identifier,
            ledgers={backend.name: ledger},
            backends=[backend],
            connections=place.connections,
            onlooker=onlooker,
        )


def both(keys: Sequence[str]) -> dict[str, set[LockKind]]:
    """Return what `locked_keys` shows of states that are held in both stores."""
    return {key: set(LockKind) for key in keys}


def locked_keys(place: Site) -> dict[str, set[LockKind]]:
    """Return which states have which locks, without the code under test."""
    found: dict[str, set[LockKind]] = {}
    for name in place.lock_object_keys():
        found.setdefault(name.removesuffix(".tflock"), set()).add(LockKind.OBJECT)
    for path in place.item_paths():
        found.setdefault(path.removeprefix(f"{place.bucket}/"), set()).add(LockKind.ITEM)
    return found


def engine_lock(place: Site, key: str, identifier: str = "engine") -> str:
    """Put the lock of an engine there, in both stores."""
    text = replace(
        place.sign(), identifier=identifier, who="ben@ci", path=f"{place.bucket}/{key}"
    ).text
    for kind in LockKind:
        place.put_lock(kind, key, text)
    return text
