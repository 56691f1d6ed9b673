"""Standings: whether a step's goal is there already, by the facts.

That is what makes a plan safe to run again: what is done is passed over, and a change that a done step
explains does not make the plan stale. A fact that could not be read is neither done nor ready. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar, assert_never

from holdfast.core.cleaning import printable
from holdfast.core.cloud import (
    BillingMode,
    Bucket,
    LifecycleRule,
    ObservedBackend,
    Ownership,
    Table,
    VersioningStatus,
    existing_bucket,
)
from holdfast.core.encryption import encryption_fulfils
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lifecycle import lifecycles_equal, merged_rules
from holdfast.core.lock_tables import has_lock_schema
from holdfast.core.policy import merged_policy
from holdfast.core.policy_document import PolicyUnreadableError
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    BucketSetting,
    BucketStep,
    CreateBucket,
    CreateTable,
    DisableTimeToLive,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
    TableStep,
    Tags,
)

Value = TypeVar("Value")

# DynamoDB API, TableStatus: a table that is on its way in or out is not one that a lock can be taken in.
STATUSES_IN_TRANSIT = frozenset({"CREATING", "DELETING"})


@dataclass(frozen=True, slots=True)
class Done:
    """The goal is there."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The goal is not there, and the step can be run."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether the goal is there could not be read."""

    withheld: Withheld


Standing: TypeAlias = Done | Ready | Unknown


def standing(step: Step, observed: ObservedBackend) -> Standing:
    """Tell whether the goal of a step is there, by what was observed of its backend."""
    if isinstance(step, BucketStep):
        # A store behind an endpoint of its own says what it likes about regions.
        own_regions = observed.backend.access.endpoints.s3 is not None
        return _standing_of(
            existing_bucket(observed),
            lambda bucket: (
                _bucket_created(step, bucket, regions_count=not own_regions)
                if isinstance(step, CreateBucket)
                else _bucket_has(step, bucket)
            ),
        )
    return _standing_of(existing_table(observed, step.table), lambda table: _table_has(step, table))


def existing_table(observed: ObservedBackend, name: str) -> Fact[Table | None]:
    """Return the settings of one of the backend's tables; `Known(None)` when it is absent."""
    for table in observed.tables:
        if table.name == name:
            match table.presence:
                case Known(Table() as present):
                    return Known(present)
                case Known(_):
                    return Known(None)
                case Withheld() as withheld:
                    return withheld
    return Withheld(reason=Reason.NOT_ASKED, detail=f"the backend does not name table `{name}`")


def tags_missing(wanted: Tags, found: Mapping[str, str]) -> bool:
    """Tell whether one of the tags is not there at all; a value that somebody changed stays."""
    return any(name not in found for name, _ in wanted)


def policy_has(stored: str | None, statements: Sequence[str]) -> bool:
    """Tell whether merging the statements into the stored policy would change nothing.

    Raises `PolicyUnreadableError`; a policy that went through `readable_policy` does not make it.
    """
    return merged_policy(stored, statements) == stored


def readable_policy(policy: Fact[str | None]) -> Fact[str | None]:
    """Withhold a policy that nothing can be merged into, because it is not understood."""
    try:
        if isinstance(policy, Known):
            merged_policy(policy.value, ())
    except PolicyUnreadableError as error:
        return Withheld(reason=Reason.ERROR, detail=printable(f"the policy is not one: {error}"))
    return policy


def lifecycle_has(stored: Sequence[LifecycleRule], rules: Sequence[str]) -> bool:
    """Tell whether merging the rules into the stored ones would change nothing."""
    return lifecycles_equal([rule.document for rule in stored], merged_rules(stored, rules))


def _standing_of(fact: Fact[Value | None], has: Callable[[Value], Fact[bool]]) -> Standing:
    match fact:
        case Withheld():
            return Unknown(fact)
        case Known(value):
            return Ready() if value is None else _verdict(has(value))


def _verdict(there: Fact[bool]) -> Standing:
    match there:
        case Withheld():
            return Unknown(there)
        case Known(True):
            return Done()
        case Known(_):
            return Ready()


def _of(fact: Fact[Value], test: Callable[[Value], bool]) -> Fact[bool]:
    return Known(test(fact.value)) if isinstance(fact, Known) else fact


def _bucket_created(step: CreateBucket, bucket: Bucket, *, regions_count: bool) -> Fact[bool]:
    """Tell whether the bucket that lets us in is the one that was to be created: in its region, with its tags.

    Tags that cannot be read do not make it be created again.
    """
    tagged = not isinstance(bucket.tags, Known) or not tags_missing(step.tags, bucket.tags.value)
    if not regions_count:
        return Known(tagged)
    return _of(bucket.region, lambda region: region == step.region and tagged)


def _bucket_has(step: BucketSetting, bucket: Bucket) -> Fact[bool]:
    match step:
        case BlockPublicAccess():
            return _of(bucket.public_access_block, lambda block: block.complete)
        case EnableVersioning():
            return _of(bucket.versioning, lambda found: found.status is VersioningStatus.ENABLED)
        case EncryptBucket():
            key = bucket.key.value if isinstance(bucket.key, Known) else None
            return _of(bucket.encryption, lambda found: encryption_fulfils(found, step, key=key))
        case EnforceBucketOwner():
            return _of(bucket.ownership, lambda found: found is Ownership.ENFORCED)
        case AddPolicyStatements():
            policy = readable_policy(bucket.policy)
            return _of(policy, lambda text: policy_has(text, step.statements))
        case AddLifecycleRules():
            return _of(bucket.lifecycle, lambda rules: lifecycle_has(rules, step.rules))
        case _:
            assert_never(step)


def _table_has(step: TableStep, table: Table) -> Fact[bool]:
    match step:
        case CreateTable():
            return Known(has_lock_schema(table) and table.status not in STATUSES_IN_TRANSIT)
        case EnablePointInTimeRecovery():
            return table.point_in_time_recovery
        case ProtectTable():
            return Known(table.deletion_protection)
        case SwitchTableToOnDemand():
            return Known(table.billing is BillingMode.ON_DEMAND)
        case DisableTimeToLive():
            return _of(table.time_to_live, lambda found: not found.enabled)
        case _:
            assert_never(step)
