"""One step of each kind, upon the bucket and the table of the builders of fleets."""

from collections.abc import Sequence

from holdfast.core.baseline import noncurrent_lifecycle_rule, tls_statement
from holdfast.core.findings import Finding, Hit, Severity
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
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
)
from tests.rules.fleets import BUCKET, KMS_KEY, REGION, TABLE

CREATE_BUCKET = CreateBucket(bucket=BUCKET, region=REGION, tags=(("ManagedBy", "holdfast"),))
BLOCK_PUBLIC_ACCESS = BlockPublicAccess(bucket=BUCKET, region=REGION)
ENABLE_VERSIONING = EnableVersioning(bucket=BUCKET, region=REGION)
ENCRYPT_BUCKET = EncryptBucket(bucket=BUCKET, region=REGION, algorithm="AES256")
ENCRYPT_WITH_KEY = EncryptBucket(
    bucket=BUCKET, region=REGION, algorithm="aws:kms", key_arn=KMS_KEY, bucket_key=True
)
ENFORCE_BUCKET_OWNER = EnforceBucketOwner(bucket=BUCKET, region=REGION)
ADD_POLICY_STATEMENTS = AddPolicyStatements(
    bucket=BUCKET, region=REGION, statements=(tls_statement(BUCKET),)
)
ADD_LIFECYCLE_RULES = AddLifecycleRules(
    bucket=BUCKET, region=REGION, rules=(noncurrent_lifecycle_rule(),)
)
CREATE_TABLE = CreateTable(table=TABLE, region=REGION, tags=(("ManagedBy", "holdfast"),))
ENABLE_POINT_IN_TIME_RECOVERY = EnablePointInTimeRecovery(table=TABLE, region=REGION)
PROTECT_TABLE = ProtectTable(table=TABLE, region=REGION)
SWITCH_TABLE_TO_ON_DEMAND = SwitchTableToOnDemand(table=TABLE, region=REGION)
DISABLE_TIME_TO_LIVE = DisableTimeToLive(table=TABLE, region=REGION, attribute="Expires")

# In the order in which a plan has them.
BUCKET_STEPS: tuple[Step, ...] = (
    CREATE_BUCKET,
    BLOCK_PUBLIC_ACCESS,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENFORCE_BUCKET_OWNER,
    ADD_POLICY_STATEMENTS,
    ADD_LIFECYCLE_RULES,
)
TABLE_STEPS: tuple[Step, ...] = (
    CREATE_TABLE,
    ENABLE_POINT_IN_TIME_RECOVERY,
    PROTECT_TABLE,
    SWITCH_TABLE_TO_ON_DEMAND,
    DISABLE_TIME_TO_LIVE,
)
ALL_STEPS: tuple[Step, ...] = (*BUCKET_STEPS, *TABLE_STEPS)


def finding(rule: str, fix: Sequence[Step], *, backend: str = BUCKET) -> Finding:
    """Return a finding of a rule that these steps would fix."""
    return Finding(
        rule=rule,
        severity=Severity.HIGH,
        backend=backend,
        title="It is not as it should be.",
        why="",
        hit=Hit(message=f"{rule} on {backend}", fix=tuple(fix), backend=backend),
    )
