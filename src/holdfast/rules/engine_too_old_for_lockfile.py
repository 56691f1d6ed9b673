"""An engine that does not know the lock file may run a root that uses it.

## What it checks
Roots with `use_lockfile = true` whose pins (`.terraform-version`, `.opentofu-version`, `.tool-versions`, else
`required_version`) name or admit Terraform or OpenTofu before 1.10. A pin without a lower bound is not judged.

## Why it matters
Such an engine refuses the argument with `Unsupported argument`, and whoever takes the line out to go on runs
without the lock that everybody else relies on.

## Fix
Raise the pin to 1.10 or newer (Terraform 1.11 is the first where the lock file is not experimental).
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.engine_pins import deciding_pins
from holdfast.core.engines import supports_lockfile
from holdfast.core.evidence import only_root, roots_words
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import EnginePin
from holdfast.core.settings import Setting, certain_settings


@fleet_rule(Severity.MEDIUM)
def engine_too_old_for_lockfile(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend whose pins admit an engine without lock files."""
    for backend, settings in certain_settings(fleet):
        found = [
            (setting, pin)
            for setting in settings
            if setting.locking.uses_lockfile
            for pin in deciding_pins(setting.root.pins)
            if supports_lockfile(pin.engine) is False
        ]
        if found:
            affected = [setting for setting, _ in found]
            verb = "uses" if only_root(affected) else "use"
            yield Hit(
                message=(
                    f"{roots_words(affected)} {verb} `use_lockfile`, which engines that are"
                    " allowed there do not know"
                ),
                evidence=tuple(dict.fromkeys(_evidence(setting, pin) for setting, pin in found)),
                advice="Raise the pin to 1.10 or newer.",
                subject=only_root(affected),
                backend=backend.name,
            )


def _evidence(setting: Setting, pin: EnginePin) -> Evidence:
    verb = "is pinned to" if pin.exact else "admits"
    return Evidence(
        label="engine", text=f"`{setting.root.path}` {verb} {pin.engine}", span=pin.span
    )
