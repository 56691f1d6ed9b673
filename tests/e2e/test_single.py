"""Scenario `single`: from nothing to locked in one command."""

import json

from holdfast.sandbox.scenarios.single import BUCKET, KEY, REGION, TABLE
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

APPLY = ("apply", "--auto-approve", "--account", "111111111111")


def test_one_command_leads_from_nothing_to_locked(single: World) -> None:
    before = single.holdfast("audit", "--format", "json")
    (backend,) = json.loads(before.output)["backends"]
    assert (backend["bucket_status"], backend["lock_table_status"]) == ("missing", "missing")
    assert (before.status, backend["verdict"]) == (3, "NEEDS FIX")

    applied = single.holdfast(*APPLY)
    assert (applied.status, applied.errors) == (0, "")
    after = single.holdfast("audit", "--format", "json")
    (backend,) = json.loads(after.output)["backends"]
    assert (after.status, backend["verdict"]) == (0, "GOOD")

    engine = single.terraform()
    engine.succeed("init", "-input=false")
    with engine.held_apply() as held:
        refused = single.terraform().run("apply", "-auto-approve", "-input=false", "-no-color")
        finished = held.release()
    assert (refused.status, finished.status) == (1, 0), refused.errors + finished.errors
    assert "Error acquiring the state lock" in refused.errors
    assert f"{BUCKET}/{KEY}" in refused.errors
    body = single.clients.s3(REGION).get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    assert {each["name"] for each in json.loads(body)["resources"]} == {"component", "holding"}
    digest = f"{BUCKET}/{KEY}-md5"
    items = single.clients.dynamodb(REGION).scan(TableName=TABLE)["Items"]
    assert [item["LockID"]["S"] for item in items] == [digest]


def test_what_was_made_is_better_than_the_advice_that_people_follow(single: World) -> None:
    assert single.holdfast(*APPLY).status == 0
    table = single.clients.dynamodb(REGION).describe_table(TableName=TABLE)["Table"]
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "LockID", "AttributeType": "S"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    s3 = single.clients.s3(REGION)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    blocks = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert set(blocks.values()) == {True}
    statements = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert any("aws:SecureTransport" in json.dumps(each) for each in statements)


def test_a_second_run_changes_nothing(single: World) -> None:
    assert single.holdfast(*APPLY).status == 0
    again = single.holdfast(*APPLY)
    assert (again.status, again.output, again.errors) == (0, "nothing to change\n", "")


def test_the_engine_has_nothing_to_complain_about_afterwards(single: World) -> None:
    assert single.holdfast(*APPLY).status == 0
    engine: Terraform = single.terraform()
    engine.succeed("init", "-input=false")
    engine.succeed("apply", "-auto-approve", "-input=false")
    assert engine.run("plan", "-input=false", "-detailed-exitcode").status == 0
