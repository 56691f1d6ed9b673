"""The page names every permission that `holdfast iam check` needs, and no other."""

import json
import re

from tests.cli.iam.conftest import KEY, Checked
from tests.support.iam_gate import FREE, IAM_ACTIONS
from tests.support.source_tree import ROOT

PAGE = ROOT / "docs/how-to/give-terraform-its-permissions.md"
NEEDS = re.compile(r"permission that the reader lacks\. It needs (.*?)\.\n\n", re.DOTALL)
# Asked for along the way, by what reads callers and keys; nothing here depends on them.
NOT_NEEDED = {"iam:ListAccountAliases", "kms:GetKeyRotationStatus"}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def encrypted_with_keys(checked: Checked) -> None:
    """Encrypt the bucket and the lock table with keys of the customer."""
    clients = checked.account.clients
    keys = [clients.kms().create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    clients.s3().put_bucket_encryption(
        Bucket=checked.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": keys[0],
                    }
                }
            ]
        },
    )
    clients.dynamodb().update_table(
        TableName=checked.table,
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": keys[1]},
    )


def bounded_role(checked: Checked) -> str:
    """Return a role with a policy of its own, one that is managed, and a boundary."""
    iam = checked.account.clients.iam()
    role = checked.role_with("bounded", json.dumps(EVERYTHING))
    made = iam.create_policy(PolicyName="wide", PolicyDocument=json.dumps(EVERYTHING))
    arn = made["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="bounded", PolicyArn=arn)
    iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=arn)
    return role


def test_the_page_names_what_the_check_calls(checked: Checked) -> None:
    encrypted_with_keys(checked)
    role = bounded_role(checked)
    checked.proxy.forget()
    assert checked.cli("iam", "check", "--role", role, KEY).errors == ""
    called = checked.proxy.counts().keys() - FREE
    match = NEEDS.search(PAGE.read_text(encoding="utf-8"))
    assert match is not None
    named = set(re.findall(r"`([a-z0-9]+:[A-Za-z]+)`", match[1]))
    assert named == {IAM_ACTIONS.get(each, each) for each in called - NOT_NEEDED}


def test_nothing_depends_on_what_the_page_leaves_out(checked: Checked) -> None:
    encrypted_with_keys(checked)
    role = bounded_role(checked)
    checked.simulation_says("allowed")
    whole = checked.cli("iam", "check", "--role", role, KEY)
    for operation in NOT_NEEDED:
        checked.proxy.deny(operation)
    without = checked.cli("iam", "check", "--role", role, KEY)
    assert (without.status, without.output) == (whole.status, whole.output)
