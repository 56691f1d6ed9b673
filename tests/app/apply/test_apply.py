"""Applying a plan: everything is made, what is there stays, and a second time changes nothing."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from holdfast.core.apply_events import (
    ApplyEvent,
    ApplyResult,
    Approvals,
    StepDone,
    StepSkipped,
    StepStarted,
)
from holdfast.core.baseline import noncurrent_lifecycle_rule, table_steps, tls_statement
from holdfast.core.cloud import (
    BillingMode,
    Bucket,
    Encryption,
    ObservedBackend,
    Ownership,
    Table,
    TimeToLive,
    Versioning,
    VersioningStatus,
)
from holdfast.core.facts import Known
from holdfast.core.lifecycle import lifecycle_rule
from holdfast.core.planning import identifier_of
from holdfast.core.standings import Done, standing
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    DisableTimeToLive,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    ProtectTable,
    Step,
    SwitchTableToOnDemand,
)
from tests.app.apply.conftest import REGION, Workplace, baseline_of
from tests.support.clients import Clients

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef

FOREIGN_RULE: "LifecycleRuleTypeDef" = {
    "ID": "theirs",
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "kind", "Value": "log"}]}},
    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
}


def bucket_of(found: ObservedBackend) -> Bucket:
    assert isinstance(found.bucket, Known)
    assert isinstance(found.bucket.value, Bucket)
    return found.bucket.value


def table_of(found: ObservedBackend) -> Table:
    (table,) = found.tables
    assert isinstance(table.presence, Known)
    assert isinstance(table.presence.value, Table)
    return table.presence.value


def identifiers(result: ApplyResult) -> tuple[list[str], list[str]]:
    return (
        [each.planned.identifier for each in result.done],
        [each.planned.identifier for each in result.skipped],
    )


def test_a_backend_that_is_not_there_is_made_and_protected(workplace: Workplace) -> None:
    backend = workplace.backend()
    bucket, table = backend.bucket, backend.tables[0]
    result = workplace.apply(workplace.plan(backend))
    # What S3 gives a new bucket by itself needs no write.
    assert identifiers(result) == (
        [
            f"create-bucket:{bucket}",
            f"enable-versioning:{bucket}",
            f"add-policy-statements:{bucket}",
            f"add-lifecycle-rules:{bucket}",
            f"create-table:{table}",
            f"enable-point-in-time-recovery:{table}",
        ],
        [
            f"block-public-access:{bucket}",
            f"encrypt-bucket:{bucket}",
            f"enforce-bucket-owner:{bucket}",
        ],
    )
    assert (result.step_count, result.left_out) == (9, ())
    found = workplace.facts(backend)
    assert all(standing(step, found) == Done() for step in baseline_of(backend))
    assert bucket_of(found).region == Known(REGION)
    assert bucket_of(found).ownership == Known(Ownership.ENFORCED)
    assert bucket_of(found).tags == Known({"ManagedBy": "holdfast"})
    assert table_of(found).deletion_protection
    assert table_of(found).tags == Known({"ManagedBy": "holdfast"})
    assert workplace.plan(backend).backends == ()


def test_the_first_region_takes_no_location(workplace: Workplace) -> None:
    backend = replace(workplace.backend(), region="us-east-1")
    workplace.apply(workplace.plan(backend))
    assert bucket_of(workplace.facts(backend)).region == Known("us-east-1")


def test_events_count_the_steps(workplace: Workplace) -> None:
    backend = workplace.backend()
    events: list[ApplyEvent] = []
    plan = workplace.plan(backend)
    workplace.apply(plan, on_event=events.append)
    started = [each.address.number for each in events if isinstance(each, StepStarted)]
    ended = [each for each in events if isinstance(each, StepDone | StepSkipped)]
    assert sorted(started) == list(range(1, 10))
    assert [each.finished for each in ended] == list(range(1, 10))
    assert {each.address.total for each in events} == {9}
    assert {each.address.backend for each in events} == {backend.name}


def test_a_second_time_writes_nothing(workplace: Workplace) -> None:
    backend = workplace.backend()
    plan = workplace.plan(backend)
    workplace.apply(plan)
    before = workplace.facts(backend)
    result = workplace.apply(plan)
    assert result.done == ()
    assert result.step_count == 9
    assert workplace.facts(backend) == before


def test_an_empty_plan_is_nothing_to_do(workplace: Workplace) -> None:
    assert workplace.apply(workplace.plan()) == ApplyResult(done=(), skipped=())


def test_many_backends_are_made_at_once(workplace: Workplace) -> None:
    backends = [workplace.backend(f"states{number}") for number in range(5)]
    result = workplace.apply(workplace.plan(*backends))
    # They share one table, which is made once.
    assert result.step_count == 5 * 7 + 2
    assert workplace.plan(*backends).backends == ()


# What is there stays -----------------------------------------------------------------------------


@pytest.fixture
def clients(workplace: Workplace) -> Clients:
    return workplace.account.clients


def test_foreign_statements_rules_and_tags_survive(workplace: Workplace, clients: Clients) -> None:
    backend = workplace.backend()
    name = clients.create_bucket(backend.bucket, region=REGION)
    s3 = clients.s3(REGION)
    account = workplace.account.id
    foreign = {
        "Sid": "Theirs",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "NotAction": "s3:DeleteObject",
        "NotResource": f"arn:aws:s3:::{name}/private/*",
    }
    document = {"Version": "2008-10-17", "Id": "of-theirs", "Statement": foreign}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
    s3.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": [FOREIGN_RULE]},
    )
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Owner", "Value": "somebody"}]})
    before = bucket_of(workplace.facts(backend))
    assert isinstance(before.lifecycle, Known)
    steps = [step for step in baseline_of(backend) if not isinstance(step, EnforceBucketOwner)]
    named = Approvals(steps=frozenset({f"add-lifecycle-rules:{name}"}))
    workplace.apply(workplace.plan(backend, steps=steps), approvals=named)
    found = bucket_of(workplace.facts(backend))
    assert isinstance(found.policy, Known)
    assert json.loads(found.policy.value or "") == {
        "Version": "2008-10-17",
        "Id": "of-theirs",
        "Statement": [foreign, json.loads(tls_statement(name))],
    }
    assert isinstance(found.lifecycle, Known)
    ours = lifecycle_rule(json.loads(noncurrent_lifecycle_rule()))
    assert found.lifecycle.value == (*before.lifecycle.value, ours)
    assert found.tags == Known({"Owner": "somebody", "ManagedBy": "holdfast"})


def test_stronger_encryption_survives(workplace: Workplace, clients: Clients) -> None:
    backend = workplace.backend()
    name = clients.create_bucket(backend.bucket, region=REGION)
    key = f"arn:aws:kms:{REGION}:{workplace.account.id}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    plan = workplace.plan(
        backend, steps=[EncryptBucket(bucket=name, region=REGION, algorithm="AES256")]
    )
    assert plan.backends == ()
    # Between planning and applying, somebody makes it stronger: a plan from before asks for less.
    weak = EncryptBucket(bucket=name, region=REGION, algorithm="AES256", bucket_key=True)
    clients.s3(REGION).put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key,
                    }
                }
            ]
        },
    )
    workplace.apply(workplace.plan(backend, steps=[weak]))
    assert bucket_of(workplace.facts(backend)).encryption == Known(
        Encryption(algorithm="aws:kms", key=key, bucket_key=True)
    )


def test_settings_of_what_is_there_are_repaired(workplace: Workplace, clients: Clients) -> None:
    backend = workplace.backend()
    name, table = clients.create_bucket(backend.bucket, region=REGION), backend.tables[0]
    s3, dynamodb = clients.s3(REGION), clients.dynamodb(REGION)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    dynamodb.update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "Expires"}
    )
    steps: list[Step] = [
        BlockPublicAccess(bucket=name, region=REGION),
        EnableVersioning(bucket=name, region=REGION, resume=True),
        EnforceBucketOwner(bucket=name, region=REGION),
        ProtectTable(table=table, region=REGION),
        SwitchTableToOnDemand(table=table, region=REGION),
        DisableTimeToLive(table=table, region=REGION, attribute="Expires"),
    ]
    plan = workplace.plan(backend, steps=steps)
    confirmed = Approvals(steps=frozenset(map(identifier_of, steps)))
    result = workplace.apply(plan, approvals=confirmed)
    assert len(result.done) == len(steps)
    found = workplace.facts(backend)
    assert all(standing(step, found) == Done() for step in steps)
    assert bucket_of(found).versioning == Known(Versioning(status=VersioningStatus.ENABLED))
    assert table_of(found).billing is BillingMode.ON_DEMAND
    assert table_of(found).time_to_live == Known(TimeToLive(enabled=False, attribute="Expires"))


def test_documents_in_another_shape_are_the_same(workplace: Workplace, clients: Clients) -> None:
    backend = workplace.backend()
    name = clients.create_bucket(backend.bucket, region=REGION)
    statement = json.loads(tls_statement(name))
    statement["Action"] = [statement["Action"]]
    clients.s3(REGION).put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}, indent=2)
    )
    steps = [
        AddPolicyStatements(bucket=name, region=REGION, statements=(tls_statement(name),)),
        AddLifecycleRules(bucket=name, region=REGION, rules=()),
        *table_steps(backend.tables[0], REGION),
    ]
    plan = workplace.plan(backend, steps=steps)
    assert [each.identifier.partition(":")[0] for each in plan.backends[0].steps] == [
        "create-table",
        "enable-point-in-time-recovery",
    ]
