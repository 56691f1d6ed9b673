"""A generated file is not what the declaration yields today.

## What it checks
Where the declaration has components: the backend file in the root of each. It bears the mark of `holdfast generate`,
is still as it was written, and would be written differently now.

## Why it matters
The declaration was changed and the root was not: it goes on with the backend that it had, while everything else
that is generated, roles and pipelines among them, speaks of another.

## Fix
Run `holdfast generate backend --check` to see the difference, and `holdfast generate backend --write` to follow it.
If bucket or key change, the state must move too: `holdfast states move`, never `init -reconfigure` alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.generated import Standing
from holdfast.core.generated_changes import changes_evidence

ADVICE = (
    "`holdfast generate backend --check` shows the difference, `--write` follows it. If bucket or key change,"
    " move the state with `holdfast states move`."
)


@fleet_rule(Severity.MEDIUM)
def generated_file_outdated(fleet: Fleet) -> Iterator[Hit]:
    """Name the generated files that would be written differently now."""
    for each in fleet.generated:
        if each.standing is Standing.OUT_OF_DATE:
            yield Hit(
                message=f"`{each.file.path}` is not what the declaration yields now",
                evidence=changes_evidence(each),
                advice=ADVICE,
                subject=each.file.path,
            )
