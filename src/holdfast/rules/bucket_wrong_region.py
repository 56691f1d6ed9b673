"""The code names a region in which the bucket is not.

## What it checks
The region that HeadBucket reports against the `region` of every root that uses the bucket, or against the
declaration where no root does. Stores with an endpoint of their own have no regions and are not compared.

## Why it matters
No root with the wrong region can be initialised, for S3 answers it with a redirect (301) that the engines do not
follow. The lock table is looked for in the region that the code names, so that a half-corrected region leads to a
table that nobody else locks in.

## Fix
Set `region` in the code to the bucket's real one, and run `init -reconfigure`: the state stays where it is. A
bucket cannot be moved. Look where the lock table is before the change.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.use_evidence import only_root_of, use_evidence, uses_words


@backend_rule(Severity.HIGH)
def bucket_wrong_region(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Name each region of the code that is not the bucket's."""
    backend = observed.backend
    if backend.access.endpoints.s3 is not None:
        return
    bucket = need(observed.bucket)
    if not isinstance(bucket, Bucket):
        return
    named = dict.fromkeys((backend.region, *(use.region for use in backend.uses)))
    regions = [region for region in named if region is not None]
    if not regions:
        return
    actual = need(bucket.region)
    for region in regions:
        uses = [use for use in backend.uses if use.region == region]
        if region == actual or (backend.uses and not uses):
            continue
        who = uses_words(uses) if uses else "the declaration"
        verb = "says" if only_root_of(uses) or not uses else "say"
        yield Hit(
            message=f"bucket `{bucket.name}` is in {actual}, and {who} {verb} {region}",
            evidence=(
                Evidence(label="HeadBucket", text=f"region {actual}"),
                *use_evidence(uses, f"region {region}"),
            ),
            advice=f'Set `region = "{actual}"` and run `init -reconfigure`; the state stays where it is.',
            subject=only_root_of(uses),
        )
