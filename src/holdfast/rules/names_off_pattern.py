"""A bucket or lock table in the code has not the name that the declaration's pattern gives.

## What it checks
The buckets that live roots use and the declaration does not have, and their lock tables: against
`naming.bucket` and `naming.lock_table`, with the organization, accounts and backends that are declared. A backend
that the declaration names literally was adopted under that name, and is left alone.

## Why it matters
Whoever looks for a state looks where the pattern leads. A name without the account, or with another order of its
parts, is how a second bucket or table comes about beside the one that everybody uses.

## Fix
Let the root use the declared backend: `holdfast states move` moves its state there and edits the code. If the backend is
meant, declare it with its literal name: nothing is renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.core.backends import Backend
from holdfast.core.declaration import Declaration
from holdfast.core.evidence import only_root, setting_evidence
from holdfast.core.exclusion import table_name
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.pattern_gaps import fields_lacking, name_choices
from holdfast.core.pattern_matching import PatternMatcher
from holdfast.core.patterns import Pattern
from holdfast.core.settings import Setting, certain_settings
from holdfast.core.source import SourceSpan

ADVICE = (
    "Let the root use the declared backend and move its state there with `holdfast states move`, or declare"
    " this one with its literal name."
)


@fleet_rule(Severity.LOW)
def names_off_pattern(fleet: Fleet) -> Iterator[Hit]:
    """Match the names of every backend that is not declared."""
    declaration = fleet.declaration
    if declaration is None:
        return
    naming = declaration.naming
    for backend, settings in certain_settings(fleet):
        if backend.declared or not settings:
            continue
        if naming.bucket is not None:
            name = _Name("bucket", "naming.bucket", naming.bucket, backend.bucket)
            yield from _off(name, settings, declaration, backend)
        if naming.lock_table is not None:
            for table in dict.fromkeys(table_name(each) for each in backend.tables):
                users = [
                    each for each in settings if each.table and table_name(each.table) == table
                ]
                name = _Name("dynamodb_table", "naming.lock_table", naming.lock_table, table)
                yield from _off(name, users, declaration, backend)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that code gives with an argument, and the pattern of the declaration for it."""

    argument: str
    entry: str
    pattern: Pattern
    text: str


def _off(
    name: _Name, users: Sequence[Setting], declaration: Declaration, backend: Backend
) -> Iterator[Hit]:
    choices = name_choices(declaration)
    if PatternMatcher(name.pattern, choices).match(name.text) is not None:
        return
    lacking = fields_lacking(name.pattern, name.text, choices)
    why = f": it has no {' or '.join(f'`{each}`' for each in lacking)}" if lacking else ""
    yield Hit(
        message=f"`{name.text}` is off the pattern `{name.pattern}`{why}",
        evidence=(
            *(setting_evidence(each, f"`{name.text}`", argument=name.argument) for each in users),
            Evidence(
                label="pattern",
                text=f"{name.entry}: `{name.pattern}`",
                span=SourceSpan(declaration.path),
            ),
        ),
        advice=ADVICE,
        subject=only_root(users),
        backend=backend.name,
    )
