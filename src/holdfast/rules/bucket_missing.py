"""The bucket that the code names does not exist.

## What it checks
HeadBucket, which answers 404 when no bucket of that name exists in the partition. A refusal (403) is not an
absence: it is reported as unknown, with the permission that is missing.

## Why it matters
No root can be initialised, and until the bucket is created, anybody who reads the code can create it and be
handed the states: bucket names are shared by all of AWS.

## Fix
Create the bucket, with everything that the default baseline asks for: tags and ownership in the create call,
public access blocked, versioning, encryption, TLS, and a bound on old versions. A name that S3 refuses has to be
corrected in the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.baseline import bucket_steps
from holdfast.core.cloud import BucketAbsent, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, backend_rule
from holdfast.core.fleet import Fleet
from holdfast.core.names import bucket_name_problems
from holdfast.core.steps import Step
from holdfast.core.use_evidence import only_root_of, use_evidence, uses_words
from holdfast.core.whereabouts import partition_name_of


@backend_rule(Severity.HIGH)
def bucket_missing(observed: ObservedBackend, fleet: Fleet) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Name a bucket that is not there."""
    if not isinstance(need(observed.bucket), BucketAbsent):
        return
    backend = observed.backend
    verb = "name" if backend.uses and not only_root_of(backend.uses) else "names"
    who = uses_words(backend.uses) if backend.uses else "the declaration"
    yield Hit(
        message=f"bucket `{backend.bucket}`, which {who} {verb}, does not exist",
        evidence=(
            Evidence(label="HeadBucket", text="404: there is no bucket of this name"),
            *use_evidence(backend.uses),
        ),
        fix=() if _obstacle(backend) else _steps(observed),
        advice=_obstacle(backend),
    )


def _obstacle(backend: Backend) -> str:
    """Say why no such bucket can be created; nothing where it can."""
    if backend.region is None:
        return "Name the `region` in the code; it is not known where."
    problems = bucket_name_problems(
        backend.bucket,
        account_regional=_is_account_regional(backend, backend.region),
        account=backend.account,
        region=backend.region,
    )
    if problems:
        return f"Give it another name: S3 refuses one that {' and '.join(problems)}."
    return ""


def _steps(observed: ObservedBackend) -> tuple[Step, ...]:
    backend = observed.backend
    if backend.region is None:
        return ()
    return bucket_steps(
        backend.bucket,
        backend.region,
        partition=partition_name_of(observed),
        kms_key=backend.kms_key,
        tags=backend.tags,
        account_regional=_is_account_regional(backend, backend.region),
        noncurrent_keep=backend.noncurrent_keep,
        noncurrent_days=backend.noncurrent_days,
    )


def _is_account_regional(backend: Backend, region: str) -> bool:
    """Tell whether the bucket belongs in its account's own namespace, by wish or by its name.

    A name that ends like this is refused anywhere else (S3 user guide, "Account regional namespaces").
    """
    return backend.account_regional or backend.bucket.endswith(f"-{region}-an")
