"""An encryption key is named and not used.

## What it checks
Configurations with `kms_key_id` or `sse_customer_key` in which `encrypt` is not true.

## Why it matters
Without `encrypt = true` both arguments do nothing, and the engines do not say so: state and lock file are
encrypted by the bucket's default, and whoever may read that may read them.

## Fix
Set `encrypt = true` beside the key and run `init -reconfigure`. What is stored already keeps its old encryption
until it is written again.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.evidence import only_root, quoted, roots_words, setting_evidence
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.settings import Setting, certain_settings, is_computed

KEYS = ("kms_key_id", "sse_customer_key")
ADVICE = (
    "Set `encrypt = true` beside the key; what is stored keeps its encryption until it is written."
)


@fleet_rule(Severity.MEDIUM)
def kms_without_encrypt(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend whose key has no effect."""
    for backend, settings in certain_settings(fleet):
        idle = [(setting, name) for setting in settings for name in _idle_keys(setting)]
        if idle:
            affected = [setting for setting, _ in idle]
            names = quoted(dict.fromkeys(name for _, name in idle))
            verb = "names" if only_root(affected) else "name"
            yield Hit(
                message=f"{roots_words(affected)} {verb} {names} without `encrypt = true`",
                evidence=tuple(_evidence(setting, name) for setting, name in idle),
                advice=ADVICE,
                subject=only_root(affected),
                backend=backend.name,
            )


def _idle_keys(setting: Setting) -> tuple[str, ...]:
    configuration = setting.configuration
    if configuration.flag("encrypt") or is_computed(configuration.attribute("encrypt")):
        return ()
    return tuple(
        name
        for name in KEYS
        if configuration.text(name) or is_computed(configuration.attribute(name))
    )


def _evidence(setting: Setting, name: str) -> Evidence:
    return setting_evidence(setting, f"`{name}` and no `encrypt = true`", argument=name)
