"""A root has more than one backend block.

## What it checks
Live roots with several `backend` or `cloud` blocks after override files are merged. A block that terragrunt
generates over the one in the code is no second one.

## Why it matters
Both engines refuse to initialise such a directory, and which of the blocks was meant is anybody's guess; only the
first one is audited.

## Fix
Delete the blocks that are not meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place


@fleet_rule(Severity.LOW)
def backend_block_duplicated(fleet: Fleet) -> Iterator[Hit]:
    """Name the live roots with several blocks of their own."""
    for root in fleet.repository.roots:
        blocks = [block for block in root.blocks if not block.terragrunt]
        if root.place is Place.LIVE and len(blocks) > 1:
            yield Hit(
                message=f"`{root.path}` has {len(blocks)} backend blocks",
                evidence=tuple(
                    Evidence(label="block", text=f"`{block.type}`", span=block.span)
                    for block in blocks
                ),
                advice="Delete the blocks that are not meant.",
                subject=root.path,
            )
