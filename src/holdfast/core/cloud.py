"""What the cloud says about a backend: every setting a fact, every absence said apart.

Values only; `app/observe.py` fills them. A setting that AWS can leave unset is `Known(None)` when AWS
says so (for example `NoSuchBucketPolicy`), and `Withheld` for every other failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asked: STS GetCallerIdentity and, where it may be read, the account's alias."""

    account: str
    arn: str
    alias: str = ""
    partition: str = "aws"


class VersioningStatus(StrEnum):
    """Name the states of GetBucketVersioning; `OFF` is an answer without a status."""

    ENABLED = "Enabled"
    SUSPENDED = "Suspended"
    OFF = "Off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioning:
    """GetBucketVersioning."""

    status: VersioningStatus
    mfa_delete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The one rule of GetBucketEncryption."""

    algorithm: str  # AES256, aws:kms, aws:kms:dsse
    key: str | None = None  # as configured: id, ARN or alias; None = the AWS managed key
    bucket_key: bool = False
    blocked_types: tuple[str, ...] = ()  # `BlockedEncryptionTypes`; empty when the rule has none

    @property
    def sse_c_blocked(self) -> bool:
        """Tell whether uploads with a customer-provided key are refused."""
        return "SSE-C" in self.blocked_types


class KeyState(StrEnum):
    """Name the states of kms:DescribeKey that matter here."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"
    OTHER = "Other"
    MISSING = "Missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKey:
    """The customer key behind a bucket's encryption: kms:DescribeKey and GetKeyRotationStatus."""

    arn: str
    state: KeyState
    state_text: str
    customer_managed: bool
    rotation: Fact[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAccessBlock:
    """GetPublicAccessBlock of a bucket; an absent configuration is all False."""

    block_public_acls: bool
    ignore_public_acls: bool
    block_public_policy: bool
    restrict_public_buckets: bool

    @property
    def complete(self) -> bool:
        """Tell whether all four are on."""
        return all(
            (
                self.block_public_acls,
                self.ignore_public_acls,
                self.block_public_policy,
                self.restrict_public_buckets,
            )
        )


class Ownership(StrEnum):
    """Name the values of GetBucketOwnershipControls; `UNSET` when there is no configuration."""

    ENFORCED = "BucketOwnerEnforced"
    PREFERRED = "BucketOwnerPreferred"
    WRITER = "ObjectWriter"
    UNSET = "unset"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRule:
    """One lifecycle rule: the raw JSON document as AWS gave it, and what of it matters to states."""

    identifier: str
    enabled: bool
    document: str  # canonical JSON of the whole rule; written back unchanged in a merge
    prefix: str  # `Filter.Prefix`, `Filter.And.Prefix` or the old top-level `Prefix`
    narrowed: bool  # True when a tag or a size also filters
    expires_current_days: int | None
    expires_current_date: str | None
    expires_delete_markers: bool
    noncurrent_days: int | None
    noncurrent_keep: int | None
    aborts_multipart_days: int | None
    transitions: tuple[str, ...]  # storage classes of current versions
    noncurrent_transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingTarget:
    """GetBucketLogging when it is on."""

    bucket: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLock:
    """GetObjectLockConfiguration when it is on; mode None = no default retention."""

    mode: str | None
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket that exists and that we were let into, setting by setting."""

    name: str
    region: Fact[str]
    directory: bool
    versioning: Fact[Versioning]
    encryption: Fact[Encryption | None]
    key: Fact[EncryptionKey | None]  # None when no customer key is configured
    public_access_block: Fact[PublicAccessBlock]
    policy: Fact[str | None]  # the policy's text, exactly as stored
    policy_public: Fact[bool]
    public_grants: Fact[tuple[str, ...]]  # ACL grants to AllUsers or AuthenticatedUsers
    ownership: Fact[Ownership]
    lifecycle: Fact[tuple[LifecycleRule, ...]]
    logging: Fact[LoggingTarget | None]
    object_lock: Fact[ObjectLock | None]
    replication: Fact[str | None]  # canonical JSON of the configuration
    tags: Fact[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAbsent:
    """HeadBucket said 404: no bucket of that name in this partition."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketForeign:
    """The bucket exists and belongs to an account that is not the expected one.

    Known only when HeadBucket without `ExpectedBucketOwner` succeeds and with it is refused.
    """

    name: str
    expected_account: str
    region: str | None


BucketPresence: TypeAlias = Bucket | BucketAbsent | BucketForeign


class BillingMode(StrEnum):
    """Name the billing modes of a table; an absent summary means provisioned."""

    ON_DEMAND = "PAY_PER_REQUEST"
    PROVISIONED = "PROVISIONED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKey:
    """One attribute of a table's key schema."""

    name: str
    type: str  # S, N or B


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToLive:
    """DescribeTimeToLive."""

    enabled: bool
    attribute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A lock table that exists, setting by setting (DescribeTable and the calls beside it)."""

    name: str
    arn: str
    region: str
    status: str
    hash_key: TableKey
    range_key: TableKey | None
    indexes: tuple[str, ...]
    billing: BillingMode
    read_units: int
    write_units: int
    on_demand_write_max: int | None  # None or -1: no limit
    deletion_protection: bool
    replicas: tuple[str, ...]
    multi_region_consistency: str  # EVENTUAL, STRONG, empty without replicas
    key: str | None  # KMS key ARN of SSEDescription; None = AWS owned key
    key_inaccessible_since: str | None
    point_in_time_recovery: Fact[bool]
    time_to_live: Fact[TimeToLive]
    policy: Fact[str | None]
    tags: Fact[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAbsent:
    """DescribeTable said ResourceNotFoundException in the backend's account and region.

    `elsewhere` are the regions (`us-east-2`) of the same account in which a table of that name exists.
    """

    name: str
    elsewhere: Fact[tuple[str, ...]]


TablePresence: TypeAlias = Table | TableAbsent


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedTable:
    """A table that the backend names, and what became of the question."""

    name: str
    presence: Fact[TablePresence]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedBackend:
    """A backend with all facts about it."""

    backend: Backend
    region: str | None  # where the reads went: the bucket's real region when it is known
    caller: Fact[Caller]
    bucket: Fact[BucketPresence]
    tables: tuple[ObservedTable, ...]
    states_present: Fact[frozenset[str]]  # those of `backend.keys` under which an object exists
    requests: int = 0  # API calls made, for the report's last line


def existing_bucket(observed: ObservedBackend) -> Fact[Bucket | None]:
    """Return the bucket's settings; `Known(None)` when it is absent or foreign."""
    match observed.bucket:
        case Known(Bucket() as bucket):
            return Known(bucket)
        case Known(_):
            return Known(None)
        case Withheld() as withheld:
            return withheld
