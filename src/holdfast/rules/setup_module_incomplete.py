"""The setup module of a backend creates only a part of it.

## What it checks
Setup modules that belong to a backend of the fleet by the name of its bucket or table, or by its region: whether
they create the bucket, and the lock table where one is used. A name that is an expression counts as the
right one.

## Why it matters
The part without code was made by hand or not at all, and the module says that all is well.

## Fix
Add what is missing to the module, with an `import` block if it is there already. `holdfast generate setup BACKEND`
prints a whole module to take it from.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import CreatedKind
from holdfast.core.setup_modules import SetupIncomplete, setup_of
from holdfast.core.source import SourceSpan


@fleet_rule(Severity.MEDIUM)
def setup_module_incomplete(fleet: Fleet) -> Iterator[Hit]:
    """Name the setup modules that lack the bucket or the table of their backend."""
    for backend in fleet.backends:
        match setup_of(backend, fleet.backends, fleet.repository):
            case SetupIncomplete(module=module, lacks=lacks):
                tables = ", ".join(f"`{table}`" for table in backend.tables)
                names = {CreatedKind.BUCKET: f"`{backend.bucket}`", CreatedKind.LOCK_TABLE: tables}
                missing = [f"{each.value} {names.get(each, '')}".rstrip() for each in lacks]
                created = dict.fromkeys(  # a well-known module is one place that makes two things
                    Evidence(label="creates", text=f"`{each.address}`", span=each.span)
                    for each in module.creations
                )
                yield Hit(
                    message=f"`{module.path}` does not create the {' and the '.join(missing)}",
                    evidence=(
                        Evidence(
                            label="module", text=f"`{module.path}`", span=SourceSpan(module.path)
                        ),
                        *created,
                    ),
                    advice=(
                        "Add it to the module, with an `import` block if it is there already:"
                        f" `holdfast generate setup {shlex.quote(backend.name)}` shows a whole one."
                    ),
                    backend=backend.name,
                )
            case _:
                pass
