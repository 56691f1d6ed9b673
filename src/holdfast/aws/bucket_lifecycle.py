"""Lifecycle rules of a bucket: read whole, merged, written, read back. Other rules stay as they stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.reading import plain_document, reads, unset
from holdfast.aws.writing import Change, Patience, Setting, ensure
from holdfast.core.cloud import LifecycleRule
from holdfast.core.fingerprints import lifecycle_words
from holdfast.core.lifecycle import lifecycle_rule, merged_rules
from holdfast.core.standings import lifecycle_has
from holdfast.core.steps import AddLifecycleRules

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import TransitionDefaultMinimumObjectSizeType
    from mypy_boto3_s3.type_defs import (
        LifecycleRuleUnionTypeDef,
        PutBucketLifecycleConfigurationRequestTypeDef,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLifecycle:
    """The whole configuration: its rules, and the least size that transitions take by default.

    S3 resets that size to its own default (128 KB) on every write that does not name it (S3 API,
    PutBucketLifecycleConfiguration, `TransitionDefaultMinimumObjectSize`).
    """

    rules: tuple[LifecycleRule, ...]
    transition_size: str | None


@reads("s3:GetLifecycleConfiguration")
def stored_lifecycle(connections: Connections, address: BucketAddress) -> StoredLifecycle:
    """Read GetBucketLifecycleConfiguration; only `NoSuchLifecycleConfiguration` counts as none."""
    client = address.client(connections)
    try:
        answer = client.get_bucket_lifecycle_configuration(**address.arguments)
    except ClientError as error:
        unset(error, "NoSuchLifecycleConfiguration")
        return StoredLifecycle(rules=(), transition_size=None)
    return StoredLifecycle(
        rules=tuple(lifecycle_rule(plain_document(rule)) for rule in answer["Rules"]),
        transition_size=answer.get("TransitionDefaultMinimumObjectSize"),
    )


def add_lifecycle_rules(
    connections: Connections,
    address: BucketAddress,
    step: AddLifecycleRules,
    *,
    patience: Patience,
) -> Change:
    """Merge rules into the lifecycle: PutBucketLifecycleConfiguration with everything that is there."""

    def write(found: StoredLifecycle) -> None:
        request: PutBucketLifecycleConfigurationRequestTypeDef = {
            "Bucket": address.bucket,
            "LifecycleConfiguration": {"Rules": _documents(merged_rules(found.rules, step.rules))},
        }
        if address.account is not None:
            request["ExpectedBucketOwner"] = address.account
        if found.transition_size is not None:
            request["TransitionDefaultMinimumObjectSize"] = cast(
                "TransitionDefaultMinimumObjectSizeType", found.transition_size
            )
        address.client(connections, retries=False).put_bucket_lifecycle_configuration(**request)

    return ensure(
        Setting(
            subject=f"the lifecycle of bucket `{address.bucket}`",
            resource=f"bucket `{address.bucket}`",
            permission="s3:PutLifecycleConfiguration",
            read=lambda: stored_lifecycle(connections, address),
            fulfilled=lambda found: lifecycle_has(found.rules, step.rules),
            write=write,
            wanted=", ".join(str(json.loads(rule).get("ID", "")) for rule in step.rules),
            words=lambda found: lifecycle_words(found.rules),
            patience=patience,
            replaces_whole=True,
        )
    )


def _documents(rules: Sequence[str]) -> list[LifecycleRuleUnionTypeDef]:
    return [cast("LifecycleRuleUnionTypeDef", json.loads(rule)) for rule in rules]
