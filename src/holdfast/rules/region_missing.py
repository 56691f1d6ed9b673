"""A configuration leaves the region to the environment.

## What it checks
Configurations without `region`, where no script that is read beside them sets `AWS_REGION` or
`AWS_DEFAULT_REGION` either. A region in `~/.aws/config` does not count for the engines' own check.

## Why it matters
Who has no such variable cannot run `init`, and who has another one asks for bucket and lock table in a
region where they are not. The region says where both of them are; it belongs beside their names.

## Fix
Set `region` to the region of the bucket. Then run `init -reconfigure`: the state stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.evidence import only_root, roots_words, setting_evidence
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Literal
from holdfast.core.settings import certain_settings

EMPTY = (Literal(None), Literal(""))


@fleet_rule(Severity.LOW)
def region_missing(fleet: Fleet) -> Iterator[Hit]:
    """Name the roots of each backend that set no region."""
    for backend, settings in certain_settings(fleet):
        silent = [
            each
            for each in settings
            if (attribute := each.configuration.attribute("region")) is None
            or attribute.value in EMPTY
        ]
        if not silent:
            continue
        verb = "names" if only_root(silent) else "name"
        region = backend.region if backend.declared or len(silent) < len(settings) else None
        yield Hit(
            message=f"{roots_words(silent)} {verb} no region for `{backend.bucket}`",
            evidence=tuple(
                setting_evidence(each, "no `region`", argument="region") for each in silent
            ),
            advice=(
                f'Set `region = "{region}"`, as for the rest of the backend.'
                if region is not None
                else "Set `region` to the region of the bucket."
            ),
            subject=only_root(silent),
            backend=backend.name,
        )
