"""A generated file was edited by hand.

## What it checks
Where the declaration has components: the backend file in the root of each. It bears the mark of `holdfast generate`,
and the seal in that mark is not the one of its text: somebody has changed it since.

## Why it matters
The change is in no declaration, so that nobody sees it beside the other roots, and it is lost when the file is written
again with `--force`.

## Fix
Declare what was meant and write the file again: `holdfast generate backend --write --force` keeps the edited one as
`NAME.orig`. To keep the file by hand, take the line with the mark out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.generated import Standing
from holdfast.core.generated_changes import changes_evidence

ADVICE = (
    "Declare what was meant, then `holdfast generate backend --write --force`, which keeps the edited file as"
    " `NAME.orig`. To keep it by hand, take the mark out."
)


@fleet_rule(Severity.MEDIUM)
def generated_file_edited(fleet: Fleet) -> Iterator[Hit]:
    """Name the generated files whose text is not the one that was sealed."""
    for each in fleet.generated:
        if each.standing is Standing.EDITED:
            yield Hit(
                message=f"`{each.file.path}` was generated, and edited by hand since",
                evidence=changes_evidence(each),
                advice=ADVICE,
                subject=each.file.path,
            )
