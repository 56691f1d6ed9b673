"""A setup module keeps its state on the local disk, and that is right.

## What it checks
Live setup modules without a backend block, or with `backend "local"`.

## Why it matters
The bucket cannot keep the state of the code that creates it before it exists. Local state is how that
begins, and a small one that changes once a year may stay so.

## Fix
Nothing. Keep the file where the team finds it, for it holds no secrets beyond names; or move it into the bucket
that it describes once that exists.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place
from holdfast.core.setup_modules import SetupComplete, SetupIncomplete, setup_of


@fleet_rule(Severity.NOTE)
def setup_module_state_local(fleet: Fleet) -> Iterator[Hit]:
    """Name the setup modules with local state, each with the backend that it belongs to."""
    owners: dict[str, str] = {}
    for backend in fleet.backends:
        match setup_of(backend, fleet.backends, fleet.repository):
            case SetupComplete(module=module) | SetupIncomplete(module=module):
                owners.setdefault(module.path, backend.name)
            case _:
                pass
    for module in fleet.repository.setup_modules:
        if module.place is Place.LIVE and module.backend_type == "local" and module.creations:
            yield Hit(
                message=f"`{module.path}` keeps its state local, which is right for a setup module",
                evidence=tuple(
                    dict.fromkeys(  # a well-known module is one place that makes two things
                        Evidence(label="creates", text=f"`{each.address}`", span=each.span)
                        for each in module.creations
                    )
                ),
                subject=module.path,
                backend=owners.get(module.path, ""),
            )
