"""A declared component has no root in the repository.

## What it checks
Each entry of `components`: whether there is a live root where the layout says, or one that uses the component's
key in its bucket. A component whose root the layout does not place is looked for by its key alone.

## Why it matters
Either its code is gone and its state is left behind, or its path is mistyped and the root that was meant is
checked by nobody.

## Fix
Write the root, correct the component's fields, or take the entry out of the declaration. Its state, if there is
one, stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place
from holdfast.core.settings import settings_of

ADVICE = "Write the root, correct the component's fields, or take the entry out of the declaration."


@fleet_rule(Severity.LOW)
def component_without_root(fleet: Fleet) -> Iterator[Hit]:
    """Look for the root of every component that is listed."""
    known = fleet.components.components if fleet.components is not None else ()
    listed = [each for each in known if each.span is not None]
    if not listed:
        return
    roots = {root.path for root in fleet.repository.roots if root.place is Place.LIVE}
    uses = ((setting.bucket, setting.use) for setting in settings_of(fleet.repository))
    states = {(bucket, use.key) for bucket, use in uses if use is not None}
    for component in listed:
        if component.root in roots or (component.backend.bucket, component.key) in states:
            continue
        name = component.pipeline
        where = f"`{component.root}`" if component.root is not None else f"`{component.key}`"
        missing = "is not there" if component.root is not None else "is the key of no root"
        yield Hit(
            message=f"component `{name}` has no root: {where} {missing}",
            evidence=(
                Evidence(label="component", text=f"`{name}`", span=component.span),
                Evidence(label="state", text=f"`{component.key}` in `{component.backend.bucket}`"),
            ),
            advice=ADVICE,
            subject=component.root or "",
            backend=component.backend.name,
        )
