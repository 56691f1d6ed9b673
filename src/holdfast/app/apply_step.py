"""Execute one step: from a step as data to the write that does it. One `match`, no decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from holdfast.aws.bucket_creation import FRESH, create_bucket
from holdfast.aws.bucket_lifecycle import add_lifecycle_rules
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_writes import (
    add_policy_statements,
    block_public_access,
    enable_versioning,
    encrypt_bucket,
    enforce_bucket_owner,
)
from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import TableAddress
from holdfast.aws.table_writes import (
    create_table,
    disable_time_to_live,
    enable_point_in_time_recovery,
    protect_table,
    switch_table_to_on_demand,
)
from holdfast.aws.writing import Change, Patience
from holdfast.core.plans import BackendPlan
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """Where a step is executed: for which backend, and whether its bucket is only just being made."""

    connections: Connections
    plan: BackendPlan
    bucket_is_new: bool

    @property
    def account(self) -> str | None:
        """Return the account that every S3 call expects to own the bucket."""
        return self.plan.backend.account or self.plan.account


def execute(step: Step, context: StepContext) -> Change:
    """Do one step and verify it. Raises a `HoldfastError` when it cannot be done, or cannot be verified."""
    if isinstance(step, BucketStep):
        return _execute_on_bucket(step, context)
    return _execute_on_table(step, context)


def _execute_on_bucket(step: BucketStep, context: StepContext) -> Change:
    connections = context.connections
    patience = FRESH if context.bucket_is_new else Patience()
    address = BucketAddress(
        access=context.plan.backend.access,
        region=step.region,
        bucket=step.bucket,
        account=context.account,
    )
    match step:
        case CreateBucket():
            return create_bucket(connections, address, step)
        case BlockPublicAccess():
            return block_public_access(connections, address, patience=patience)
        case EnableVersioning():
            return enable_versioning(connections, address, patience=patience)
        case EncryptBucket():
            return encrypt_bucket(connections, address, step, patience=patience)
        case EnforceBucketOwner():
            return enforce_bucket_owner(connections, address, patience=patience)
        case AddPolicyStatements():
            return add_policy_statements(connections, address, step, patience=patience)
        case AddLifecycleRules():
            return add_lifecycle_rules(connections, address, step, patience=patience)
        case _:
            assert_never(step)


def _execute_on_table(step: TableStep, context: StepContext) -> Change:
    connections = context.connections
    address = TableAddress(access=context.plan.backend.access, region=step.region, table=step.table)
    match step:
        case CreateTable():
            return create_table(connections, address, step)
        case EnablePointInTimeRecovery():
            return enable_point_in_time_recovery(connections, address)
        case ProtectTable():
            return protect_table(connections, address)
        case SwitchTableToOnDemand():
            return switch_table_to_on_demand(connections, address)
        case DisableTimeToLive():
            return disable_time_to_live(connections, address, step)
        case _:
            assert_never(step)
