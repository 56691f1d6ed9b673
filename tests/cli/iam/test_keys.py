"""KMS keys of lock tables and buckets in permissions: asked of AWS, allowed where they are needed, and judged."""

import json

import pytest

from tests.cli.iam.conftest import KEY, Checked
from tests.support.fault_rules import DropBefore, Rule

VERBS = ("plan -lock=false", "plan", "apply", "force-unlock")
Statement = dict[str, object]


@pytest.fixture
def table_key(checked: Checked) -> str:
    """The customer's key that the lock table is encrypted with from now on."""
    key = checked.account.clients.kms().create_key()["KeyMetadata"]["Arn"]
    checked.account.clients.dynamodb().update_table(
        TableName=checked.table,
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    return key


@pytest.fixture
def bucket_key(checked: Checked) -> str:
    """The customer's key that the bucket encrypts with by default from now on."""
    key = checked.account.clients.kms().create_key()["KeyMetadata"]["Arn"]
    checked.account.clients.s3().put_bucket_encryption(
        Bucket=checked.bucket,
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
    return key


def statements(checked: Checked, *options: str) -> tuple[dict[str, Statement], str]:
    """Return the statements of the policy for applying, by their `Sid`, and what is said beside it."""
    arguments = ("generate", "iam", KEY, "--role", "apply", "--account", checked.account.id)
    found = checked.cli(*arguments, *options)
    assert found.status == 0, found.errors
    return {each["Sid"]: each for each in json.loads(found.output)["Statement"]}, found.errors


def without(policy: dict[str, Statement], *names: str) -> str:
    kept = [each for name, each in policy.items() if name not in names]
    return json.dumps({"Version": "2012-10-17", "Statement": kept})


def test_the_keys_that_aws_tells_are_allowed(
    checked: Checked, table_key: str, bucket_key: str
) -> None:
    found, said = statements(checked, "--online")
    assert said == ""
    assert {name: each["Resource"] for name, each in found.items() if name.endswith("Keys")} == {
        "StateKeys": bucket_key,
        "TableKeys": table_key,
    }


def test_without_keys_nothing_is_said_and_nothing_allowed(checked: Checked) -> None:
    found, said = statements(checked, "--online")
    assert (said, [name for name in found if name.endswith("Keys")]) == ("", [])


@pytest.mark.usefixtures("table_key", "bucket_key")
def test_what_aws_does_not_tell_is_said_with_the_reason(checked: Checked) -> None:
    checked.proxy.deny("dynamodb:DescribeTable")
    checked.proxy.deny("s3:GetBucketEncryption")
    found, said = statements(checked, "--online")
    assert [name for name in found if name.endswith("Keys")] == []
    assert said == (
        f"note: it is not known whether lock table `{checked.table}` is encrypted with a KMS key, which the"
        " role would have to use (permission `dynamodb:DescribeTable` is missing):"
        f" give `--table-key {checked.table}=ARN`, or `{checked.table}=none`\n"
        f"note: it is not known whether `{checked.bucket}` encrypts with a KMS key by default, which the"
        " role would have to use (permission `s3:GetBucketEncryption` is missing):"
        " declare `kms_key`, or set `encrypt`\n"
    )


def test_an_answer_that_never_comes_is_said_too(checked: Checked) -> None:
    checked.proxy.add(Rule(action=DropBefore(), operation="dynamodb:DescribeTable"))
    _, said = statements(checked, "--online", "--timeout", "1")
    assert f"whether lock table `{checked.table}` is encrypted with a KMS key" in said


def test_a_key_that_is_given_is_not_asked_for(checked: Checked, table_key: str) -> None:
    checked.proxy.deny("dynamodb:DescribeTable")
    found, said = statements(checked, "--online", "--table-key", f"{checked.table}={table_key}")
    assert (said, found["TableKeys"]["Resource"]) == ("", table_key)


# Judging --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bucket_key")
def test_a_role_that_may_not_use_the_key_of_the_table_cannot_lock(
    checked: Checked, table_key: str
) -> None:
    policy, _ = statements(checked, "--online")
    checked.simulation_says("allowed")
    whole = checked.role_with("whole", without(policy))
    assert checked.verdicts(whole) == (0, dict.fromkeys(VERBS, "can"))
    lacking = checked.role_with("lacking", without(policy, "TableKeys"))
    checked.proxy.allow_all()
    checked.simulation_says("implicitDeny", about=table_key.rpartition("/")[2])
    checked.simulation_says("allowed")
    # Only the digest is lost where nothing locks.
    assert checked.verdicts(lacking) == (
        3,
        {**dict.fromkeys(VERBS, "cannot"), "plan -lock=false": "can"},
    )
    found = checked.cli("iam", "check", "--role", lacking, KEY, "--for", "apply")
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert f"cannot  {action}\n  resource  {table_key}\n" in found.output


@pytest.mark.usefixtures("table_key")
def test_a_table_whose_encryption_is_not_known_leaves_it_unknown(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.proxy.deny("dynamodb:DescribeTable")
    checked.simulation_says("allowed")
    assert checked.verdicts(role) == (6, dict.fromkeys(VERBS, "unknown"))
