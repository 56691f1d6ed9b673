"""The bucket answers requests without TLS.

## What it checks
Whether the bucket policy denies everybody everything, on the bucket and on its objects, when
`aws:SecureTransport` is false. The statement may have any name and any form that does the same. One that
denies old versions with `NumericLessThan` on `s3:TlsVersion` does not count: that key is absent without TLS,
and the condition does not hold.

## Why it matters
A client that is pointed at `http://` by a proxy setting or an endpoint argument sends states, and the secrets
in them, in clear text, and nobody notices.

## Fix
Add the statement to the policy. Every other statement stays as it is. Where the backend itself is reached over
`http://`, give it an endpoint with TLS first.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.baseline import tls_statement
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.policy_tls import requires_tls
from holdfast.core.steps import AddPolicyStatements
from holdfast.core.stored_policy import stored_policy
from holdfast.core.whereabouts import partition_name_of, region_of_bucket


@bucket_rule(Severity.MEDIUM)
def bucket_tls_not_required(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for a statement that denies requests without TLS, by what it does."""
    policy = stored_policy(bucket.policy)
    partition = partition_name_of(observed)
    if policy is not None and requires_tls(policy, bucket.name, partition=partition):
        return
    endpoint = observed.backend.access.endpoints.s3 or ""
    plain = endpoint.startswith("http://")
    found = "no statement for it" if policy else "no policy"
    step = AddPolicyStatements(
        bucket=bucket.name,
        region=region_of_bucket(bucket, observed),
        statements=(tls_statement(bucket.name, partition),),
    )
    yield Hit(
        message=f"bucket `{bucket.name}` does not refuse requests without TLS",
        evidence=(Evidence(label="GetBucketPolicy", text=found),),
        fix=() if plain else (step,),
        advice=f"The code itself uses `{endpoint}`: move it to TLS first." if plain else "",
    )
