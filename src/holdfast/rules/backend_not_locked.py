"""A root uses a backend without any lock.

## What it checks
Configurations that set neither `dynamodb_table` nor `use_lockfile = true`. An empty table name and
`use_lockfile = false` are the same as nothing. An argument that is an expression is not judged here; the rule
`backend-unresolved` names it.

## Why it matters
Two applies at once both run and both exit with 0, and the state of one of them is lost without a trace in
serial or lineage. Neither engine says a word about a missing lock, and a lock that others hold is
ignored.

## Fix
Set the lock that the other roots of the backend use. Where there is none, `use_lockfile = true` needs
Terraform or OpenTofu 1.10 and nothing else; `dynamodb_table` works with every version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.backends import Backend, Locking
from holdfast.core.evidence import only_root, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings

WITHOUT = "neither `dynamodb_table` nor `use_lockfile = true`"


@fleet_rule(Severity.CRITICAL)
def backend_not_locked(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend that take no lock."""
    for backend, settings in certain_settings(fleet):
        unlocked = [
            each for each in settings if each.locking is Locking.NONE and each.locking_known
        ]
        if unlocked:
            verb = "uses" if only_root(unlocked) else "use"
            yield Hit(
                message=f"{roots_words(unlocked)} {verb} `{backend.bucket}` without a lock",
                evidence=tuple(setting_evidence(each, WITHOUT) for each in unlocked),
                advice=_advice(backend, settings),
                subject=only_root(unlocked),
                backend=backend.name,
            )


def _advice(backend: Backend, settings: Sequence[Setting]) -> str:
    modes = {setting.locking for setting in settings}
    if backend.table is not None:
        return f'Set `dynamodb_table = "{backend.table}"`, the lock table of the backend.'
    if any(mode.uses_lockfile for mode in modes):
        return "Set `use_lockfile = true` as the other roots of the backend do."
    return (
        "Set `use_lockfile = true` where every engine is 1.10 or newer, else `dynamodb_table`; the"
        " same in every root of the backend."
    )
