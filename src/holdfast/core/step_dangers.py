"""Dangers: which steps must be named by a person, given what is there now. Pure.

A step is harmless on what the same plan creates. Where the fact that decides could not be read, the step
has to be confirmed.
"""

from __future__ import annotations

from typing import assert_never

from holdfast.core.baseline import TAGS_DEFAULT
from holdfast.core.cloud import Bucket, BucketAbsent, ObservedBackend, TableAbsent
from holdfast.core.encryption import key_changes
from holdfast.core.facts import Known
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    BucketStep,
    CreateBucket,
    CreateTable,
    Danger,
    DisableTimeToLive,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
)


def danger_of(step: Step, observed: ObservedBackend) -> Danger:
    """Return what it takes to let a step run on the backend as it was observed."""
    if _is_created_by_the_plan(step, observed):
        return Danger.SAFE
    match step:
        case EnableVersioning():
            return _confirm_unless(safe=not step.resume)
        case BlockPublicAccess():
            return _confirm_unless(safe=_is_known_private(observed))
        case EncryptBucket():
            return _confirm_unless(safe=_keeps_its_key(step, observed))
        case AddLifecycleRules():
            return _confirm_unless(safe=_is_made_by_holdfast(observed))
        case EnforceBucketOwner() | DisableTimeToLive():
            return Danger.CONFIRM
        case (
            CreateBucket()
            | AddPolicyStatements()
            | CreateTable()
            | EnablePointInTimeRecovery()
            | ProtectTable()
            | SwitchTableToOnDemand()
        ):
            return Danger.SAFE
        case _:
            assert_never(step)


def _confirm_unless(*, safe: bool) -> Danger:
    return Danger.SAFE if safe else Danger.CONFIRM


def _is_created_by_the_plan(step: Step, observed: ObservedBackend) -> bool:
    """Tell whether there is nothing yet that anybody could depend on."""
    if isinstance(step, BucketStep):
        return isinstance(observed.bucket, Known) and isinstance(
            observed.bucket.value, BucketAbsent
        )
    return any(
        table.name == step.table
        and isinstance(table.presence, Known)
        and isinstance(table.presence.value, TableAbsent)
        for table in observed.tables
    )


def _bucket(observed: ObservedBackend) -> Bucket | None:
    match observed.bucket:
        case Known(Bucket() as bucket):
            return bucket
        case _:
            return None


def _is_known_private(observed: ObservedBackend) -> bool:
    """Tell whether it is known that nobody reads the bucket who would be shut out."""
    bucket = _bucket(observed)
    return (
        bucket is not None
        and bucket.policy_public == Known(value=False)
        and bucket.public_grants == Known(())
    )


def _is_made_by_holdfast(observed: ObservedBackend) -> bool:
    """Tell whether the bucket is known to hold nothing but states, because Holdfast made it for them.

    The tags are in the create call: an apply that was stopped after it is completed without new questions.
    """
    bucket = _bucket(observed)
    return (
        bucket is not None
        and isinstance(bucket.tags, Known)
        and set(TAGS_DEFAULT) <= set(bucket.tags.value.items())
    )


def _keeps_its_key(step: EncryptBucket, observed: ObservedBackend) -> bool:
    """Tell whether whoever reads the states today can do so with the key that they have."""
    bucket = _bucket(observed)
    if bucket is None or not isinstance(bucket.encryption, Known):
        return False
    key = bucket.key.value if isinstance(bucket.key, Known) else None
    return not key_changes(bucket.encryption.value, step, key=key)
