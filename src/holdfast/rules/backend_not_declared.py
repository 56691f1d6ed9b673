"""Roots use a backend that the declaration does not name.

## What it checks
Where `holdfast.yaml` declares backends: every bucket that live roots use and that none of them has. Without a
declaration there is nothing to compare with.

## Why it matters
A slip in a bucket's name, or an old root that nobody moved, looks like a backend of its own: whatever is decided
for the declared ones passes it by.

## Fix
Declare it under `backends` if it is meant, or move the states of its roots to a declared backend.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.evidence import only_root, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import certain_settings

ADVICE = "Declare it under `backends` if it is meant, or move the states of its roots to a declared backend."


@fleet_rule(Severity.MEDIUM)
def backend_not_declared(fleet: Fleet) -> Iterator[Hit]:
    """Name the backends of the code that the declaration leaves out."""
    if fleet.declaration is None or not fleet.declaration.backends:
        return
    for backend, settings in certain_settings(fleet):
        if settings and not backend.declared:
            verb = "uses" if only_root(settings) else "use"
            yield Hit(
                message=(
                    f"{roots_words(settings)} {verb} `{backend.bucket}`, which"
                    f" `{fleet.declaration.path}` does not declare"
                ),
                evidence=tuple(setting_evidence(each, "") for each in settings),
                advice=ADVICE,
                subject=only_root(settings),
                backend=backend.name,
            )
