"""Two lock tables serve one bucket.

## What it checks
The tables that the configurations of a backend, and its declaration, name. A table's ARN counts as its name.

## Why it matters
A lock in one table means nothing to whoever looks into the other, so that a key that moves or a root that is copied
makes two writers possible. Digests stay behind in the table that is left.

## Fix
Choose one table for the bucket, and let every root name it while nobody applies. `init -reconfigure` is safe
for that: the state stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.evidence import quoted, setting_evidence
from holdfast.core.exclusion import table_name
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings

ADVICE = (
    "Choose one table for the bucket, let every root name it while nobody applies, then run"
    " `init -reconfigure`: the state stays where it is."
)


@fleet_rule(Severity.HIGH)
def lock_table_split(fleet: Fleet) -> Iterator[Hit]:
    """Count the distinct tables of each backend."""
    for backend, settings in certain_settings(fleet):
        tables = list(dict.fromkeys(table_name(each) for each in backend.tables))
        if len(tables) > 1:
            yield Hit(
                message=f"{len(tables)} lock tables serve `{backend.bucket}`: {quoted(tables)}",
                evidence=tuple(
                    evidence for table in tables for evidence in _users(backend, settings, table)
                ),
                advice=ADVICE,
                backend=backend.name,
            )


def _users(backend: Backend, settings: tuple[Setting, ...], table: str) -> Iterator[Evidence]:
    users = [each for each in settings if each.table and table_name(each.table) == table]
    for setting in users:
        yield setting_evidence(setting, f"`{table}`", argument="dynamodb_table")
    if not users:  # the declaration names it, or a configuration that only may be in use
        where = backend.span if backend.declared else None
        yield Evidence(label="backend", text=f"`{backend.name}`: `{table}`", span=where)
