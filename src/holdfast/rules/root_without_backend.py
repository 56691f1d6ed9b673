"""A root keeps its state on the local disk while others use S3.

## What it checks
Live roots with resources and without a backend block, or with `backend "local"`, in a repository in which at
least two other roots use S3. A setup module is right to keep its state beside it, and is left out.

## Why it matters
The state is on one machine: another checkout or a fresh CI runner plans to create everything again, nothing locks
it, and it is lost with the disk.

## Fix
Add a `backend "s3"` block with a key of its own, or declare the root as a component, and run `holdfast migrate local`
where the state is. It keeps the lineage, which `init -migrate-state` does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place

OTHERS_MIN = 2
ADVICE = (
    'Add a `backend "s3"` block with a key of its own, and run `holdfast migrate local` where the'
    " state is."
)


@fleet_rule(Severity.HIGH)
def root_without_backend(fleet: Fleet) -> Iterator[Hit]:
    """Name the live roots with local state beside those that use S3."""
    repository = fleet.repository
    with_s3 = repository.backend_types().get("s3", 0)
    setups = {module.path for module in repository.setup_modules}
    if with_s3 < OTHERS_MIN:
        return
    for root in repository.roots:
        if (
            root.place is Place.LIVE
            and root.backend_type == "local"
            and root.has_resources
            and root.path not in setups
        ):
            said = '`backend "local"`' if root.blocks else "no backend block"
            yield Hit(
                message=f"`{root.path}` has {said}, and {with_s3} other roots use S3",
                evidence=(Evidence(label="root", text=f"`{root.path}`: {said}", span=root.span),),
                advice=ADVICE,
                subject=root.path,
            )
