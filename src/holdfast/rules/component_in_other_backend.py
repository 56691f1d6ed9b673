"""The root of a component uses another bucket than the component's backend has.

## What it checks
The certain configurations of every root that a component has: whether one of them names the bucket of the
component's backend.

## Why it matters
What is generated for the component speaks of a backend that its root does not use: roles that reach another state,
a page that leads to another bucket, and a backend file that would begin with an empty state and plan to
create everything again.

## Fix
Correct the component's `environment` or `region` if the root is right. If the declaration is right, move the state
with `holdfast states move`, which edits the code as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.evidence import setting_evidence
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings

ADVICE = (
    "Correct the component's fields if the root is right; if the declaration is, move the state with"
    " `holdfast states move`."
)


@fleet_rule(Severity.MEDIUM)
def component_in_other_backend(fleet: Fleet) -> Iterator[Hit]:
    """Compare each component's bucket with that of its root."""
    by_root: dict[str, list[tuple[str, Setting]]] = {}
    for backend, settings in certain_settings(fleet):
        for setting in settings:
            by_root.setdefault(setting.root.path, []).append((backend.name, setting))
    for component in fleet.components.components if fleet.components is not None else ():
        used = by_root.get(component.root, []) if component.root is not None else []
        bucket = component.backend.bucket
        if used and all(setting.bucket != bucket for _, setting in used):
            name, setting = used[0]
            yield Hit(
                message=(
                    f"`{setting.root.path}` uses `{setting.bucket}`, and its component `{component.pipeline}`"
                    f" belongs in `{bucket}`"
                ),
                evidence=(
                    *(setting_evidence(each, f"`{each.bucket}`") for _, each in used),
                    Evidence(
                        label="declared",
                        text=f"backend `{component.backend.name}`: `{bucket}`",
                        span=component.span or component.backend.span,
                    ),
                ),
                advice=ADVICE,
                subject=setting.root.path,
                backend=name,
            )
