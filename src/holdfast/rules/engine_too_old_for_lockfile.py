"""An engine that does not know the lock file may run a root that uses it.

## What it checks
Roots with `use_lockfile = true` whose pins (`.terraform-version`, `.opentofu-version`, `.tool-versions`, else
`required_version`) name or admit Terraform or OpenTofu before 1.10. A pin without a lower bound is not judged. Where no
pin decides, the engine that has initialised the directory is looked at (`.terraform/terraform.tfstate`).

## Why it matters
Such an engine refuses the argument with `Unsupported argument`, and whoever takes the line out to go on runs
without the lock that everybody else relies on.

## Fix
Raise the pin, or the engine, to 1.10 or newer (Terraform 1.11 is the first where the lock file is not experimental).
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.engine_pins import deciding_pins
from holdfast.core.engines import Engine, EngineName, Version, supports_lockfile
from holdfast.core.evidence import only_root, roots_words
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import EnginePin, Root
from holdfast.core.settings import Setting, certain_settings
from holdfast.core.source import SourceSpan


@fleet_rule(Severity.MEDIUM)
def engine_too_old_for_lockfile(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend whose pins admit an engine without lock files."""
    for backend, settings in certain_settings(fleet):
        with_lockfile = [each for each in settings if each.locking.uses_lockfile]
        found = [
            (setting, pin)
            for setting in with_lockfile
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
        initialised = [each for each in with_lockfile if _was_initialised_by_old_engine(each.root)]
        if initialised:
            verb = "uses" if only_root(initialised) else "use"
            yield Hit(
                message=(
                    f"{roots_words(initialised)} {verb} `use_lockfile`, which the engine that was run"
                    " there last does not know"
                ),
                evidence=tuple(dict.fromkeys(_cache_evidence(each.root) for each in initialised)),
                advice="Use an engine of 1.10 or newer, and pin it.",
                subject=only_root(initialised),
                backend=backend.name,
            )


def _was_initialised_by_old_engine(root: Root) -> bool:
    """Tell whether no pin decides, and an engine without lock files has written `.terraform`.

    The file has the engine's version and not its name (Terraform 1.11.4); an old one of either name is meant.
    """
    if root.cache is None or deciding_pins(root.pins):
        return False
    version = Version.parse(root.cache.engine_version)
    return all(supports_lockfile(Engine(name, version)) is False for name in EngineName)


def _cache_evidence(root: Root) -> Evidence:
    cache = root.cache
    version, path = (cache.engine_version, cache.path) if cache is not None else ("", root.path)
    words = f"`{root.path}` was initialised by version {version}"
    return Evidence(label="engine", text=words, span=SourceSpan(path))


def _evidence(setting: Setting, pin: EnginePin) -> Evidence:
    verb = "is pinned to" if pin.exact else "admits"
    return Evidence(
        label="engine", text=f"`{setting.root.path}` {verb} {pin.engine}", span=pin.span
    )
