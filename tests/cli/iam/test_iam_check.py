"""`holdfast iam check` as it is typed: real policies of a role on the embedded AWS."""

import json
from pathlib import Path

import pytest

from tests.cli.iam.conftest import KEY, TRUST, Checked

NOT_SEEN = (
    "not seen, and able to take more away: session policies, which whoever assumes the role may add;"
    " policies of VPC endpoints on the way; resource control policies of the organization\n"
)


def test_a_role_with_the_generated_policy_can_do_it_all(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.simulation_says("allowed")
    found = checked.cli("iam", "check", "--role", role, KEY)
    assert (found.status, found.errors) == (0, "")
    assert found.output == (
        f"role   {role}\n"
        f"state  {checked.bucket}/{KEY}\n"
        "\n"
        "verdict  what              because of\n"
        "can      plan -lock=false  -\n"
        "can      plan              -\n"
        "can      apply             -\n"
        "can      force-unlock      -\n"
        "\n"
        f"{NOT_SEEN}"
        "\n"
        "4 asked: 4 can, 0 cannot, 0 unknown\n"
    )


def test_a_plan_role_cannot_apply_and_nothing_is_left_out(checked: Checked) -> None:
    role = checked.role("plan", "plan")
    # What the role may not do, the simulation does not allow either; it is asked about each request.
    found = checked.cli("iam", "check", "--role", role, KEY, "--for", "apply")
    assert found.status == 3
    assert (
        "cannot  s3:PutObject\n"
        f"  resource  arn:aws:s3:::{checked.bucket}/{KEY}\n"
        "  because   no policy of the role allows it\n"
    ) in found.output
    assert "cannot  dynamodb:PutItem\n" in found.output
    checked.simulation_says("allowed")
    assert checked.verdicts(role, "--for", "plan") == (0, {"plan": "can"})


def test_a_deny_in_the_bucket_policy_is_shown_with_its_statement(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.simulation_says("allowed")
    arn = f"arn:aws:s3:::{checked.bucket}/*"
    deny = {
        "Sid": "NoDelete",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    checked.account.clients.s3().put_bucket_policy(Bucket=checked.bucket, Policy=policy)
    found = checked.cli("iam", "check", "--role", role, KEY)
    assert found.status == 3
    assert (
        "cannot  s3:DeleteObject\n"
        f"  resource   arn:aws:s3:::{checked.bucket}/{KEY}.tflock\n"
        "  because    the bucket policy denies it\n"
        '  statement  {"Action":"s3:DeleteObject","Effect":"Deny","Principal":"*",'
        f'"Resource":"{arn}","Sid":"NoDelete"}}\n'
    ) in found.output
    assert checked.verdicts(role) == (
        3,
        {
            "plan -lock=false": "can",
            "plan": "cannot",
            "apply": "cannot",
            "force-unlock": "cannot",
        },
    )


def test_a_statement_about_a_session_leaves_it_unknown(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.simulation_says("allowed")
    session = f"arn:aws:sts::{checked.account.id}:assumed-role/apply/run-1"
    deny = {
        "Sid": "NotThisRun",
        "Effect": "Deny",
        "Principal": {"AWS": session},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{checked.bucket}/{KEY}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    checked.account.clients.s3().put_bucket_policy(Bucket=checked.bucket, Policy=policy)
    found = checked.cli("iam", "check", "--role", role, KEY, "--for", "apply", "--for", "plan")
    assert found.status == 6
    assert (
        "unknown  s3:PutObject\n"
        f"  resource  arn:aws:s3:::{checked.bucket}/{KEY}\n"
        "  because   statement `NotThisRun` of the bucket policy denies it depending on `Principal`\n"
    ) in found.output
    assert checked.verdicts(role, "--for", "plan") == (0, {"plan": "can"})


def test_a_managed_policy_and_a_boundary_are_read_as_well(checked: Checked) -> None:
    iam = checked.account.clients.iam()
    reads = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "dynamodb:Get*"], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    boundary = iam.create_policy(PolicyName="reads", PolicyDocument=text)["Policy"]["Arn"]
    role = checked.role("bounded", "apply")
    iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=boundary)
    iam.delete_role_policy(RoleName="bounded", PolicyName="states")
    everything = json.dumps({**json.loads(text), "Statement": [{**reads, "Action": "*"}]})
    wide = iam.create_policy(PolicyName="wide", PolicyDocument=everything)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="bounded", PolicyArn=wide)
    # The embedded simulation knows no boundary; IAM's own does not allow what is beyond it.
    checked.simulation_says("implicitDeny")
    found = checked.cli("iam", "check", "--role", role, KEY, "--for", "apply")
    assert found.status == 3
    assert "because   the permissions boundary does not allow it" in found.output


@pytest.mark.parametrize("directories", [("a", "b"), ("b", "a")])
def test_every_use_of_the_state_has_to_be_possible(
    checked: Checked, directories: tuple[str, str]
) -> None:
    both = Path("main.tf").read_text(encoding="utf-8")
    Path("main.tf").unlink()
    lines = both.splitlines(keepends=True)
    by_file = "".join(line for line in lines if "dynamodb_table" not in line)
    for directory, text in zip(directories, (by_file, both), strict=True):
        Path(directory).mkdir()
        (Path(directory) / "main.tf").write_text(text, encoding="utf-8")
    iam = checked.account.clients.iam()
    name = f"objects-{directories[0]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    objects = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [objects]})
    iam.put_role_policy(RoleName=name, PolicyName="objects", PolicyDocument=text)
    found = checked.verdicts(role["Role"]["Arn"], "--for", "plan")
    assert found == (3, {"plan": "cannot"})
    (Path(directories[1]) / "main.tf").unlink()
    assert checked.verdicts(role["Role"]["Arn"], "--for", "plan") == (0, {"plan": "can"})


# What is not known ----------------------------------------------------------------------------------

EVERY_VERB_UNKNOWN = dict.fromkeys(["plan -lock=false", "plan", "apply", "force-unlock"], "unknown")


@pytest.mark.parametrize(
    "denied",
    [
        "iam:SimulatePrincipalPolicy",
        "iam:*",
        "s3:GetBucketPolicy",
        "s3:GetBucketEncryption",
    ],
)
def test_without_a_permission_of_the_reader_nothing_is_taken_for_allowed(
    checked: Checked, denied: str
) -> None:
    role = checked.role("apply", "apply")
    checked.proxy.deny(denied)
    checked.simulation_says("allowed")
    assert checked.verdicts(role) == (6, EVERY_VERB_UNKNOWN)


def test_the_tables_policy_matters_where_items_are_used(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.proxy.deny("dynamodb:GetResourcePolicy")
    checked.simulation_says("allowed")
    plain = "plan -lock=false"
    assert checked.verdicts(role) == (6, {**EVERY_VERB_UNKNOWN, plain: "can"})


def test_the_simulation_speaks_for_policies_that_may_not_be_read(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    for operation in ("iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"):
        checked.proxy.deny(operation)
    checked.simulation_says("allowed")
    assert checked.verdicts(role, "--for", "apply") == (0, {"apply": "can"})


def test_a_service_control_policy_decides(checked: Checked) -> None:
    role = checked.role("apply", "apply")
    checked.simulation_says("implicitDeny", organization="false")
    found = checked.cli("iam", "check", "--role", role, KEY, "--for", "unlock")
    assert found.status == 3
    assert (
        "because   a service control policy of the organization does not allow it" in found.output
    )


def test_a_role_of_another_account_is_not_mistaken_for_one_of_this(checked: Checked) -> None:
    checked.role("apply", "apply")
    checked.simulation_says("allowed")
    role = "arn:aws:iam::999999999999:role/apply"
    found = checked.cli("iam", "check", "--role", role, KEY, "--for", "plan")
    # The bucket's policy would have to allow it, and there is none: that much is known.
    assert found.status == 3
    assert "it is in another account, whose own policy has to allow it as well" in found.output
    assert "iam:GetRole" not in checked.proxy.counts()


# Bad input ------------------------------------------------------------------------------------------


def test_bad_input_is_refused(checked: Checked) -> None:
    checked.role("apply", "apply")
    user = checked.cli("iam", "check", "--role", "arn:aws:iam::111111111111:user/ann", KEY)
    assert (user.status, user.output) == (2, "")
    assert user.errors.startswith("error[role-arn]: `arn:aws:iam::111111111111:user/ann` is not")
    missing = f"arn:aws:iam::{checked.account.id}:role/nobody"
    nobody = checked.cli("iam", "check", "--role", missing, KEY)
    assert (nobody.status, nobody.output) == (2, "")
    assert nobody.errors.startswith(f"error[role-unknown]: there is no role `{missing}`")
    unknown = checked.cli("iam", "check", "--role", missing, "net/terraform.tfstat")
    assert unknown.status == 2
    assert f"did you mean `{KEY}`?" in unknown.errors
