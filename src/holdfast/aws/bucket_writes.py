"""The settings of a bucket, one write each; all are idempotent and only ever strengthen.

Every call names the expected owner, so that nothing is written to a bucket that changed hands. What a write
replaces whole (encryption, policy, lifecycle) is read just before and merged; S3 has no conditional write for
any of them, so a change that somebody else makes between our read and our write would be lost. That window
is one round trip: nothing is repeated without reading and merging anew, neither by the SDK nor after a
conflict. Reading back afterwards shows what stands in the end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import (
    bucket_encryption,
    bucket_ownership,
    bucket_policy,
    bucket_public_access_block,
    bucket_versioning,
)
from holdfast.aws.connections import Connections
from holdfast.aws.key_reads import KEY_ELSEWHERE, KeyAddress, key_health
from holdfast.aws.writing import Change, Patience, Setting, ensure
from holdfast.core.cloud import Encryption, EncryptionKey, KeyState, Ownership, VersioningStatus
from holdfast.core.encryption import encryption_fulfils, encryption_rule, encryption_with
from holdfast.core.facts import Fact, Known
from holdfast.core.fingerprints import (
    block_words,
    encryption_words,
    policy_words,
    versioning_words,
)
from holdfast.core.policy import merged_policy
from holdfast.core.standings import policy_has, readable_policy
from holdfast.core.steps import AddPolicyStatements, EncryptBucket
from holdfast.errors import KeyUnusableError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ServerSideEncryptionRuleTypeDef


def block_public_access(
    connections: Connections, address: BucketAddress, *, patience: Patience
) -> Change:
    """Switch all four public access blocks on: PutPublicAccessBlock."""
    return ensure(
        Setting(
            subject=f"the public access block of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutBucketPublicAccessBlock",
            read=lambda: bucket_public_access_block(connections, address),
            fulfilled=lambda found: found.complete,
            write=lambda _: address.client(connections).put_public_access_block(
                **address.arguments,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            ),
            wanted="all four on",
            words=block_words,
            patience=patience,
        )
    )


def enable_versioning(
    connections: Connections, address: BucketAddress, *, patience: Patience
) -> Change:
    """Switch versioning on: PutBucketVersioning. MFA delete is not named and stays as it is."""
    return ensure(
        Setting(
            subject=f"the versioning of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutBucketVersioning",
            read=lambda: bucket_versioning(connections, address),
            fulfilled=lambda found: found.status is VersioningStatus.ENABLED,
            write=lambda _: address.client(connections).put_bucket_versioning(
                **address.arguments, VersioningConfiguration={"Status": "Enabled"}
            ),
            wanted="enabled",
            words=versioning_words,
            patience=patience,
        )
    )


def enforce_bucket_owner(
    connections: Connections, address: BucketAddress, *, patience: Patience
) -> Change:
    """Switch access control lists off: PutBucketOwnershipControls.

    S3 refuses it with `InvalidBucketAclWithObjectOwnership` while a list grants access to others.
    """
    return ensure(
        Setting(
            subject=f"the object ownership of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutBucketOwnershipControls",
            read=lambda: bucket_ownership(connections, address),
            fulfilled=lambda found: found is Ownership.ENFORCED,
            write=lambda _: address.client(connections).put_bucket_ownership_controls(
                **address.arguments,
                OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            ),
            wanted=Ownership.ENFORCED.value,
            words=lambda found: found.value,
            patience=patience,
        )
    )


# Encryption -------------------------------------------------------------------------------------


def encrypt_bucket(
    connections: Connections,
    address: BucketAddress,
    step: EncryptBucket,
    *,
    patience: Patience,
) -> Change:
    """Set default encryption: PutBucketEncryption of what is there with the wish merged in.

    The stronger algorithm stays (a bucket with KMS is never put back to AES256), and so do a bucket key and
    the refusal of SSE-C. S3 stores any key it is given, so a key is looked at first; raises `KeyUnusableError`
    unless KMS says that it is enabled.
    """
    if step.key_arn is not None:
        _require_usable(connections, address, step.key_arn)

    def fulfilled(found: Encryption | None) -> bool:
        key = _key_of(connections, address, found) if step.key_arn else None
        return encryption_fulfils(found, step, key=key)

    def write(found: Encryption | None) -> None:
        rule = encryption_rule(encryption_with(found, step))
        address.client(connections, retries=False).put_bucket_encryption(
            **address.arguments,
            ServerSideEncryptionConfiguration={
                "Rules": [cast("ServerSideEncryptionRuleTypeDef", rule)]
            },
        )

    return ensure(
        Setting(
            subject=f"the encryption of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutEncryptionConfiguration",
            read=lambda: bucket_encryption(connections, address),
            fulfilled=fulfilled,
            write=write,
            wanted=" ".join((step.algorithm, step.key_arn or "")).strip(),
            words=encryption_words,
            patience=patience,
            replaces_whole=True,
        )
    )


def _require_usable(connections: Connections, address: BucketAddress, key: str) -> None:
    match _health(connections, address, key):
        case Known(EncryptionKey(state=KeyState.ENABLED)):
            return
        case Known(health):
            raise KeyUnusableError(key, address.bucket, state=health.state_text)
        case withheld:
            raise KeyUnusableError(key, address.bucket, state=f"not known: {withheld}")


def _key_of(
    connections: Connections, address: BucketAddress, found: Encryption | None
) -> EncryptionKey | None:
    """Return the key that is configured now, which may be written as an id or an alias."""
    if found is None or found.key is None:
        return None
    health = _health(connections, address, found.key)
    return health.value if isinstance(health, Known) else None


def _health(connections: Connections, address: BucketAddress, key: str) -> Fact[EncryptionKey]:
    """Ask KMS about a key, unless the credentials are those of another store than AWS."""
    if connections.leaves_store(address.access, "kms"):
        return KEY_ELSEWHERE
    return key_health(
        connections, KeyAddress(access=address.access, region=address.region, key=key)
    )


# Policy -----------------------------------------------------------------------------------------


def add_policy_statements(
    connections: Connections,
    address: BucketAddress,
    step: AddPolicyStatements,
    *,
    patience: Patience,
) -> Change:
    """Merge statements into the policy: GetBucketPolicy, PutBucketPolicy, GetBucketPolicy.

    Only `NoSuchBucketPolicy` counts as no policy; after every other failed read nothing is written. All else
    in the stored document stays as it stands.
    """
    return ensure(
        Setting(
            subject=f"the policy of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutBucketPolicy",
            read=lambda: readable_policy(bucket_policy(connections, address)),
            fulfilled=lambda found: policy_has(found, step.statements),
            write=lambda found: address.client(connections, retries=False).put_bucket_policy(
                **address.arguments, Policy=merged_policy(found, step.statements)
            ),
            wanted="with " + ", ".join(json.loads(each).get("Sid", "") for each in step.statements),
            words=policy_words,
            patience=patience,
            replaces_whole=True,
        )
    )
