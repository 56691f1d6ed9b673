"""The roots of one backend lock in ways that do not exclude each other.

## What it checks
The locking modes of all configurations of a backend. `dynamodb` and `lockfile` do not see each other's locks,
`none` sees no lock at all, and `both` excludes every mode but `none`. One state that is locked in
two such ways is the critical rule `state-locking-split`.

## Why it matters
A branch, a copied block or an engine of another version is enough for two writers of one state to run at once. A
root that leaves the table also leaves stale digests behind for those who stay.

## Fix
Set both `dynamodb_table` and `use_lockfile = true` in every root. Drop one of them when no client is left
that uses the other alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Locking
from holdfast.core.evidence import setting_evidence
from holdfast.core.exclusion import all_exclude
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings

ADVICE = (
    "Set both `dynamodb_table` and `use_lockfile = true` in every root, and drop one of them only"
    " when no client uses the other alone."
)


@fleet_rule(Severity.HIGH)
def locking_mixed_in_backend(fleet: Fleet) -> Iterator[Hit]:
    """Compare the modes of the roots of each backend."""
    for backend, settings in certain_settings(fleet):
        by_mode: dict[Locking, list[Setting]] = {}
        for setting in settings:
            if setting.locking_known:
                by_mode.setdefault(setting.locking, []).append(setting)
        if not all_exclude(by_mode):
            counts = ", ".join(
                f"{len({each.root.path for each in by_mode[mode]})} with `{mode.value}`"
                for mode in Locking
                if mode in by_mode
            )
            yield Hit(
                message=f"the roots of `{backend.bucket}` do not lock in one way: {counts}",
                evidence=tuple(
                    setting_evidence(each, mode.value)
                    for mode in Locking
                    for each in by_mode.get(mode, ())
                ),
                advice=ADVICE,
                backend=backend.name,
            )
