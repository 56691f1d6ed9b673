"""Terraform has deprecated the lock table that a root uses.

## What it checks
Roots with `dynamodb_table` whose pins admit nothing older than Terraform 1.11, the first version that warns
about the argument. A root that may be run by OpenTofu is left out: OpenTofu has no plans to deprecate the
table. So is a root whose version nothing tells.

## Why it matters
A later minor version will refuse the argument; until then it locks as before, so there is no hurry. A change in
a hurry is how clients come to lock in two ways at once.

## Fix
In stages, never at once. First set `use_lockfile = true` beside `dynamodb_table` everywhere, which takes both
locks. When no client is left that uses the table alone, drop the argument, and last the table with its digest
items.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.engine_pins import deciding_pins, has_tofu, may_run_tofu
from holdfast.core.engines import deprecates_lock_table
from holdfast.core.evidence import only_root, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Root
from holdfast.core.settings import certain_settings

ADVICE = (
    "No hurry, and not at once: first set `use_lockfile = true` beside `dynamodb_table` everywhere; drop"
    " the table's argument when no client uses the table alone."
)


@fleet_rule(Severity.LOW)
def lock_argument_deprecated(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend that newer versions of Terraform warn about."""
    tofu_in_repository = has_tofu(fleet.repository)
    for backend, settings in certain_settings(fleet):
        warned = [
            setting
            for setting in settings
            if setting.locking.uses_table
            and not may_run_tofu(setting.root, tofu_in_repository=tofu_in_repository)
            and _is_warned(setting.root)
        ]
        if warned:
            verb = "uses" if only_root(warned) else "use"
            yield Hit(
                message=(
                    f"{roots_words(warned)} {verb} `dynamodb_table`, which Terraform deprecates"
                    " since 1.11"
                ),
                evidence=tuple(
                    setting_evidence(each, _engines(each.root), argument="dynamodb_table")
                    for each in warned
                ),
                advice=ADVICE,
                subject=only_root(warned),
                backend=backend.name,
            )


def _is_warned(root: Root) -> bool:
    return any(deprecates_lock_table(pin.engine) for pin in deciding_pins(root.pins))


def _engines(root: Root) -> str:
    return ", ".join(f"{pin.engine} ({pin.span})" for pin in deciding_pins(root.pins))
