"""Steps: one idempotent change each, as data.

`Step` is a closed union. `app/apply.py` executes it with one `match`, `core/step_words.py` describes it
with a second one; both end in `assert_never`, so that a new step without a case does not type-check.

Every step names the bucket or table and the region, never credentials. A step that was done already is
recognised from the facts (`core/plans.py`), which is what makes a plan safe to run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Danger(StrEnum):
    """Say what it takes to let a step run."""

    SAFE = "safe"  # runs after the plan was approved
    CONFIRM = "confirm"  # must be named with --confirm, or its answer typed
    NEVER_AUTOMATIC = "never-automatic"  # described only; a person does it


class FactName(StrEnum):
    """Name the facts that a plan fingerprints and that steps change."""

    BUCKET = "bucket"
    VERSIONING = "versioning"
    ENCRYPTION = "encryption"
    PUBLIC_ACCESS_BLOCK = "public access block"
    OWNERSHIP = "ownership"
    POLICY = "policy"
    LIFECYCLE = "lifecycle"
    TABLE = "table"
    BILLING = "billing"
    DELETION_PROTECTION = "deletion protection"
    POINT_IN_TIME_RECOVERY = "point-in-time recovery"
    TIME_TO_LIVE = "time to live"


Tags: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBucket:
    """Create the bucket: region, tags and ownership in the create call itself.

    `account_regional` asks for the account-regional namespace; the name must then end in
    `-<account>-<region>-an` (S3 CreateBucket, `BucketNamespace`).
    """

    bucket: str
    region: str
    tags: Tags = ()
    account_regional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPublicAccess:
    """Switch all four public access blocks of the bucket on."""

    bucket: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableVersioning:
    """Keep old versions of every object; `resume` when versioning was suspended, which is asked for."""

    bucket: str
    region: str
    resume: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptBucket:
    """Set default encryption; only ever towards stronger.

    `key_arn` None keeps SSE-S3. `bucket_key` reduces KMS calls.
    """

    bucket: str
    region: str
    algorithm: str
    key_arn: str | None = None
    bucket_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforceBucketOwner:
    """Switch ACLs off (`BucketOwnerEnforced`): refused by S3 while an ACL grants others."""

    bucket: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPolicyStatements:
    """Merge statements into the bucket policy; every other statement is kept as it stands.

    `statements` are canonical JSON objects, each with its own `Sid`.
    """

    bucket: str
    region: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLifecycleRules:
    """Merge lifecycle rules; every other rule is kept. `rules` are canonical JSON objects with an `ID`."""

    bucket: str
    region: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """Create the lock table: `LockID` (S, HASH), on-demand, deletion protection and tags in the call.

    It is done when the table is ACTIVE.
    """

    table: str
    region: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectTable:
    """Switch the table's deletion protection on."""

    table: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnablePointInTimeRecovery:
    """Switch the table's point-in-time recovery on."""

    table: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchTableToOnDemand:
    """Change the billing mode to on-demand, so that a lock is never throttled."""

    table: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableTimeToLive:
    """Switch TTL off, so that a held lock is never deleted by it."""

    table: str
    region: str
    attribute: str


BucketSetting: TypeAlias = (
    BlockPublicAccess
    | EnableVersioning
    | EncryptBucket
    | EnforceBucketOwner
    | AddPolicyStatements
    | AddLifecycleRules
)
BucketStep: TypeAlias = CreateBucket | BucketSetting
TableStep: TypeAlias = (
    CreateTable
    | EnablePointInTimeRecovery
    | ProtectTable
    | SwitchTableToOnDemand
    | DisableTimeToLive
)
Step: TypeAlias = BucketStep | TableStep


def subject_of(step: Step) -> str:
    """Return the bucket or table that a step changes."""
    return step.bucket if isinstance(step, BucketStep) else step.table
