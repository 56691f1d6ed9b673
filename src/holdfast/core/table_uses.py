"""How the code uses a lock table: by which name, from where, in which region; and what its key says. Pure.

What rules over tables have in common. A table may be named by its ARN (`arn:…:dynamodb:REGION:…:table/NAME`);
Terraform 1.11.4 hands that to DynamoDB as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.core.backends import Backend, Locking, StateUse
from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend, Table, TableKey
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.standings import LOCK_KEY

ARN_PREFIX = "arn:"
REGION_FIELD = 3  # arn:partition:service:region:account:resource
REGION_UNKNOWN = Withheld(reason=Reason.NOT_ASKED, detail="the backend names no region")


def arn_region(table: str) -> str | None:
    """Return the region in a table's ARN; None for a table that is given by its name."""
    fields = table.split(":")
    known = table.startswith(ARN_PREFIX) and len(fields) > REGION_FIELD
    return fields[REGION_FIELD] if known else None


def engine_region(table: str, backend: Backend) -> Fact[str]:
    """Return the region in which a table of the backend is looked for."""
    region = arn_region(table) or backend.region
    return Known(region) if region is not None else REGION_UNKNOWN


def name_in_code(table: Table, observed: ObservedBackend) -> str:
    """Return the name or ARN by which the backend calls a table; steps and their facts go by it."""
    return next(
        (each.name for each in observed.tables if each.presence == Known(table)), table.name
    )


def locks_with(backend: Backend, table: str) -> bool:
    """Tell whether locks are taken in the table, or are meant to be by the declaration."""
    return bool(table_uses(backend, table)) or backend.locking is not Locking.LOCKFILE


def table_uses(backend: Backend, table: str) -> tuple[StateUse, ...]:
    """Return the uses of the backend that lock in the table, by its name in the code."""
    return tuple(use for use in backend.uses if use.table == table and use.locking.uses_table)


def lockers_words(uses: Sequence[StateUse]) -> str:
    """Say who locks with a table: `` `network` locks with it``, `8 roots lock with it`."""
    paths = list(dict.fromkeys(use.root_path for use in uses))
    match paths:
        case []:
            return "no root locks with it yet"
        case [path]:
            return f"`{path}` locks with it"
        case _:
            return f"{len(paths)} roots lock with it"


def table_evidence(backend: Backend, table: str) -> tuple[Evidence, ...]:
    """Return the places that lock in a table, or the backend's own where there are none."""
    uses = table_uses(backend, table)
    if not uses:
        return (Evidence(label="backend", text=f"`{backend.name}`: `{table}`", span=backend.span),)
    return tuple(
        Evidence(
            label="root",
            text=f"`{use.root_path}` with `{use.label}`" if use.label else f"`{use.root_path}`",
            span=use.span,
        )
        for use in uses
    )


def is_of_other_application(table: Table) -> bool:
    """Tell whether the table evidently serves something else: another key, and a range key or indexes.

    A key that is some spelling of `LockID` was meant for locks, and so was a lone key of any name.
    """
    spelled = "".join(filter(str.isalnum, table.hash_key.name)).casefold()
    return spelled != LOCK_KEY.name.casefold() and bool(table.range_key or table.indexes)


def key_words(table: Table) -> str:
    """Return the key of a table: `` `LockID` (S) and sort key `Env` (S)``."""
    words = _attribute_words(table.hash_key)
    return (
        words
        if table.range_key is None
        else f"{words} and sort key {_attribute_words(table.range_key)}"
    )


def refusal_words(table: Table) -> str:
    """Return what DynamoDB says when an engine locks in a table with such a key.

    Measured with Terraform 1.11.4: PutItem, `ValidationException`. Only for tables that are no lock tables.
    """
    if table.hash_key.name == LOCK_KEY.name and table.hash_key.type != LOCK_KEY.type:
        return f"Type mismatch for key LockID expected: {table.hash_key.type} actual: S"
    missing = table.hash_key
    if missing == LOCK_KEY and table.range_key is not None:
        missing = table.range_key
    return f"Missing the key {printable(missing.name)} in the item"


def _attribute_words(key: TableKey) -> str:
    return f"`{printable(key.name)}` ({key.type})"
