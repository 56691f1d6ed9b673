"""What there is to prove of a backend: each mode with each table once, with lock files as its roots have them written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.app.lock_stores import settings_of_use
from holdfast.core.backends import Backend, Locking, StateUse
from holdfast.core.facts import Reason, Withheld
from holdfast.core.locks import LockObjectSettings
from holdfast.errors import CustomerKeyError

SETTINGS_DEFAULT = LockObjectSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTarget:
    """What is proven at once: a mode, the table that it locks in, and how its lock files are written.

    `obstacle` is why they cannot be written like that here.
    """

    mode: Locking
    table: str | None
    settings: LockObjectSettings = SETTINGS_DEFAULT
    obstacle: Withheld | None = None


def targets_of(
    backend: Backend, modes: Sequence[Locking] | None, *, customer_key: bytes | None
) -> tuple[ProofTarget, ...]:
    """Return what there is to prove: each mode with each table once, in order of first use.

    A backend that no root uses is proven in its declared mode.
    """
    used: dict[tuple[Locking, str | None], StateUse | None] = {}
    for use in backend.uses:
        used.setdefault((use.locking, use.table if use.locking.uses_table else None), use)
    if modes is not None:
        first = next(iter(used.values()), None)
        asked = {(mode, backend.table if mode.uses_table else None): first for mode in modes}
        used = {**asked, **{pair: used[pair] for pair in asked if pair in used}}
    elif not used:
        used = {(backend.locking, backend.table if backend.locking.uses_table else None): None}
    return tuple(
        target_of(mode, table, of_use, customer_key=customer_key)
        for (mode, table), of_use in used.items()
        if mode is not Locking.NONE
    )


def target_of(
    mode: Locking, table: str | None, use: StateUse | None, *, customer_key: bytes | None
) -> ProofTarget:
    """Return what is proven in one mode, with lock files as this root has them written."""
    if use is None or not mode.uses_lockfile:
        return ProofTarget(mode=mode, table=table)
    try:
        settings = settings_of_use(use, use.key, customer_key=customer_key)
    except CustomerKeyError as error:
        obstacle = Withheld(reason=Reason.NOT_ASKED, detail=error.headline)
        return ProofTarget(mode=mode, table=table, obstacle=obstacle)
    return ProofTarget(mode=mode, table=table, settings=settings)
