"""States are encrypted with less than what is wished for, or with a key that cannot be relied on.

## What it checks
GetBucketEncryption against the KMS key of the declaration, where it names one. Without such a wish SSE-S3 is
enough. Always a hit are: no default encryption at all (stores other than AWS), a key that is named by an alias,
and the AWS managed key `aws/s3` where the policy lets another account in.

## Why it matters
An alias is looked up in the account of whoever writes, so that a state can end up under a key that nobody else
can use. The AWS managed key cannot be shared: a role of another account can list states and not read them.

## Fix
Set default encryption. It is only ever made stronger, and a change of key has to be confirmed: old objects keep
the key that they were written with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holdfast.core.baseline import encryption_step
from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, Encryption, ObservedBackend
from holdfast.core.encryption import encryption_fulfils
from holdfast.core.facts import Known, need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.policy_document import account_of
from holdfast.core.steps import EncryptBucket
from holdfast.core.stored_policy import stored_policy
from holdfast.core.whereabouts import region_of_bucket


@bucket_rule(Severity.MEDIUM)
def bucket_encryption_weak(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for encryption below the wish, keys by alias and keys that others cannot use."""
    encryption = need(bucket.encryption)
    wish = encryption_step(
        bucket.name, region_of_bucket(bucket, observed), kms_key=observed.backend.kms_key
    )
    if encryption is None or not _fulfils(bucket, encryption, wish):
        wanted = f"the key {wish.key_arn}" if wish.key_arn else "SSE-S3"
        yield Hit(
            message=f"bucket `{bucket.name}` does not encrypt with {wanted} by default",
            evidence=(_evidence(encryption),),
            fix=(wish,),
        )
        return
    if encryption.key is not None and "alias/" in encryption.key:
        key = bucket.key.value if isinstance(bucket.key, Known) else None
        yield Hit(
            message=f"bucket `{bucket.name}` names its KMS key by an alias",
            evidence=(_evidence(encryption),),
            advice=f"Name the key by its ARN{f': `{key.arn}`' if key else ''}.",
        )
    elif encryption.algorithm != "AES256" and _is_managed_by_aws(bucket, encryption):
        accounts = _other_accounts(bucket, observed)
        if accounts:
            yield Hit(
                message=f"bucket `{bucket.name}` encrypts with a key that its other accounts cannot use",
                evidence=(
                    _evidence(encryption),
                    Evidence(label="statement", text=f"lets in {', '.join(accounts)}"),
                ),
                advice="Make a customer managed key that these accounts may use, and declare it.",
            )


def _fulfils(bucket: Bucket, encryption: Encryption, wish: EncryptBucket) -> bool:
    """Tell whether the key that was asked for is the one in use; bucket keys are another rule's matter."""
    if wish.key_arn is None:
        return True
    named = encryption.key is None or encryption.key.startswith("arn:")
    key = None if named else need(bucket.key)
    return encryption_fulfils(encryption, replace(wish, bucket_key=False), key=key)


def _evidence(encryption: Encryption | None) -> Evidence:
    if encryption is None:
        return Evidence(label="GetBucketEncryption", text="not set")
    key = f", key {encryption.key}" if encryption.key else ""
    return Evidence(label="GetBucketEncryption", text=printable(f"{encryption.algorithm}{key}"))


def _is_managed_by_aws(bucket: Bucket, encryption: Encryption) -> bool:
    if encryption.key is None:
        return True
    key = need(bucket.key)
    return key is not None and not key.customer_managed


def _other_accounts(bucket: Bucket, observed: ObservedBackend) -> tuple[str, ...]:
    """Return the accounts besides the bucket's own that its policy lets in."""
    policy = stored_policy(bucket.policy)
    own = observed.backend.account or need(observed.caller).account
    found = {
        account_of(member)
        for statement in (policy.statements if policy else ())
        if not statement.denies
        for kind, member in statement.principals.members
        if kind == "AWS"
    }
    return tuple(sorted(account for account in found if account is not None and account != own))
