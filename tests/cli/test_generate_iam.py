"""`holdfast generate iam` as it is typed, with a declaration and without."""

import json
from pathlib import Path

import pytest

from holdfast.core.generated import is_generated
from holdfast.sandbox.scenarios.shared_table import BUCKET, REGION, TABLE
from tests.cli.conftest import CommandLine
from tests.cli.declared_repository import AKS, AKS_KEY, AKS_ROOT, tree_of
from tests.support.real_terraform import Terraform

ACCOUNT = "111111111111"
TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
TABLE_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"
OLD_TABLE = "msdp-terraform-locks"
KEYS_KNOWN = ("--table-key", f"{TABLE}=none", "--table-key", f"{OLD_TABLE}=none")
CODE = """\
terraform {
  backend "s3" {
    bucket         = "plain-states"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "plain-locks"
  }
}
"""
PLAIN_NOTES = (
    "note: it is not known whether lock table `plain-locks` is encrypted with a KMS key, which the role would"
    " have to use: ask AWS with `--online`, or give `--table-key plain-locks=ARN`, or `plain-locks=none`\n"
    "note: it is not known whether `plain-states` encrypts with a KMS key by default, which the role would"
    " have to use: ask AWS with `--online`, or declare `kms_key`, or set `encrypt`\n"
)


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root whose code names no account, without a declaration."""
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "main.tf").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("declared_repository")
@pytest.mark.parametrize("name", [AKS, AKS_ROOT])
def test_a_component_gets_a_policy_for_its_key_alone(cli: CommandLine, name: str) -> None:
    found = cli("generate", "iam", name, "--role", "plan", *KEYS_KNOWN)
    assert (found.status, found.errors) == (0, "")
    statements = {each["Sid"]: each for each in json.loads(found.output)["Statement"]}
    assert list(statements) == ["ListStates", "States", "LockItems", "Digests"]
    assert statements["States"]["Resource"] == f"arn:aws:s3:::{BUCKET}/{AKS_KEY}"
    assert statements["LockItems"] == {
        "Sid": "LockItems",
        "Effect": "Allow",
        "Action": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
        "Resource": TABLE_ARN,
        "Condition": {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": f"{BUCKET}/{AKS_KEY}"},
            "Null": {"dynamodb:LeadingKeys": "false"},
        },
    }


@pytest.mark.usefixtures("declared_repository")
def test_a_backend_gets_a_policy_for_all_of_its_keys(cli: CommandLine) -> None:
    found = cli("generate", "iam", BUCKET, "--role", "apply", *KEYS_KNOWN)
    assert (found.status, found.errors) == (0, "")
    states = json.loads(found.output)["Statement"][1]
    assert [each.removeprefix(f"arn:aws:s3:::{BUCKET}/") for each in states["Resource"]] == [
        "azure/addons/dev/terraform.tfstate",
        AKS_KEY,
        "azure/network/dev/terraform.tfstate",
    ]


@pytest.mark.usefixtures("declared_repository")
@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("plan-no-lock", "kms:Decrypt"),
        ("plan", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("apply", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("unlock", "kms:Decrypt"),
    ],
)
def test_the_key_of_the_table_is_allowed_through_dynamodb_alone(
    cli: CommandLine, role: str, actions: object
) -> None:
    known = ("--table-key", f"{TABLE}={TABLE_KEY}")
    found = cli("generate", "iam", AKS, "--role", role, *known)
    assert (found.status, found.errors) == (0, "")
    statements = {each["Sid"]: each for each in json.loads(found.output)["Statement"]}
    assert statements["TableKeys"] == {
        "Sid": "TableKeys",
        "Effect": "Allow",
        "Action": actions,
        "Resource": TABLE_KEY,
        "Condition": {
            "StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"},
        },
    }


@pytest.mark.usefixtures("declared_repository")
def test_a_key_of_a_table_that_nobody_knows_is_said(cli: CommandLine) -> None:
    found = cli("generate", "iam", AKS, "--role", "plan")
    assert found.status == 0
    assert found.errors == (
        f"note: it is not known whether lock table `{TABLE}` is encrypted with a KMS key, which the role"
        f" would have to use: ask AWS with `--online`, or give `--table-key {TABLE}=ARN`, or `{TABLE}=none`\n"
    )
    # What is not about states needs no key.
    jobs = ("--github", "acme/infra:environment:prod", "--github-ids", "123/456")
    assert cli("generate", "iam", BUCKET, "--role", "apply", *jobs).errors == ""
    assert cli("generate", "iam", "--role", "audit", "--account", ACCOUNT).errors == ""


def test_files_are_written_once_and_checked(cli: CommandLine, declared_repository: Path) -> None:
    arguments = ("generate", "iam", AKS, "--role", "plan", "--workspaces", *KEYS_KNOWN)
    name = f"iam/terraform-plan-{AKS}.tf"
    missing = cli(*arguments, "--check")
    assert (missing.status, missing.errors.splitlines()[0]) == (4, f"missing: {name}")
    assert cli(*arguments, "--write").status == 0
    assert cli(*arguments, "--check").status == 0
    path = declared_repository / name
    text = path.read_text(encoding="utf-8")
    assert is_generated(text)
    formatted = Terraform(path.parent, {}).run("fmt", "-check", "-diff")
    assert (formatted.status, formatted.output, formatted.errors) == (0, "", "")


def test_files_of_json_are_written_and_checked_by_what_they_say(
    cli: CommandLine, declared_repository: Path
) -> None:
    arguments = ("generate", "iam", AKS, "--role", "plan", *KEYS_KNOWN, "--format", "json")
    name = f"iam/terraform-plan-{AKS}.json"
    path = declared_repository / name
    missing = cli(*arguments, "--check")
    assert (missing.status, missing.errors.splitlines()[0]) == (4, f"missing: {name}")
    assert cli(*arguments, "--write").errors == (
        f"written: {name}\n1 of 1 files written, 0 up to date before\n"
    )
    printed = cli(*arguments[:-2]).output
    assert path.read_text(encoding="utf-8") == printed
    assert (cli(*arguments, "--check").status, cli(*arguments, "--write").status) == (0, 0)
    # A formatter may lay it out in its own way.
    path.write_text(json.dumps(json.loads(printed), sort_keys=True), encoding="utf-8")
    assert cli(*arguments, "--check").status == 0


@pytest.mark.parametrize("other", ['{"Version": "2012-10-17", "Statement": []}\n', "not JSON", ""])
def test_a_file_of_json_that_says_something_else_is_kept_until_force_is_said(
    cli: CommandLine, declared_repository: Path, other: str
) -> None:
    arguments = ("generate", "iam", AKS, "--role", "plan", *KEYS_KNOWN, "--format", "json")
    name = f"iam/terraform-plan-{AKS}.json"
    path = declared_repository / name
    path.parent.mkdir()
    path.write_text(other, encoding="utf-8")
    words = "different, and no mark says who wrote it"
    checked = cli(*arguments, "--check")
    assert (checked.status, checked.errors.splitlines()[0]) == (4, f"{words}: {name}")
    refused = cli(*arguments, "--write")
    assert (refused.status, refused.output) == (1, "")
    assert refused.errors.startswith(
        f"error[files-refused]: 1 file is in the way of generated ones\n  {name}  {words}\n"
    )
    assert path.read_text(encoding="utf-8") == other
    forced = cli(*arguments, "--write", "--force")
    assert forced.errors.startswith(f"replaced: {name} (the one before is {name}.orig)\n")
    assert path.with_name(f"{path.name}.orig").read_text(encoding="utf-8") == other
    assert cli(*arguments, "--check").status == 0


@pytest.mark.usefixtures("declared_repository")
def test_a_trust_policy_of_json_is_a_file_of_its_own(cli: CommandLine) -> None:
    jobs = ("--github", "acme/infra:environment:prod", "--github-ids", "123/456")
    arguments = ("generate", "iam", BUCKET, "--role", "apply", *jobs, "--format", "json")
    assert cli(*arguments, "--write").status == 0
    (path,) = Path("iam").iterdir()
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(cli(*arguments).output)
    assert cli(*arguments, "--check").status == 0


@pytest.mark.usefixtures("declared_repository")
def test_without_a_name_everything_is_meant(cli: CommandLine) -> None:
    found = cli("generate", "iam", "--role", "apply", "--account", ACCOUNT, *KEYS_KNOWN)
    assert (found.status, found.errors) == (0, "")
    sids = [each["Sid"] for each in json.loads(found.output)["Statement"]]
    assert sids == [
        *("ListStates", "States", "LockItems", "Digests"),
        *("ListStates2", "States2", "LockItems2", "Digests2"),
    ]


@pytest.mark.usefixtures("declared_repository")
def test_a_trust_policy_comes_instead(cli: CommandLine) -> None:
    jobs = ("--github", "acme/infra:environment:prod")
    arguments = ("generate", "iam", BUCKET, "--role", "apply", *jobs)
    plain = cli(*arguments)
    assert plain.status == 0
    assert "add `--github-ids OWNER_ID/REPO_ID`" in plain.errors
    found = cli(*arguments, "--github-ids", "123/456")
    assert (found.status, found.errors) == (0, "")
    (statement,) = json.loads(found.output)["Statement"]
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    assert statement["Principal"] == {"Federated": provider}


def test_no_declaration_is_needed(cli: CommandLine, plain: Path) -> None:
    found = cli("generate", "iam", "network", "--role", "apply", "--account", ACCOUNT)
    assert (found.status, found.errors) == (0, PLAIN_NOTES)
    resources = [each["Resource"] for each in json.loads(found.output)["Statement"]]
    assert resources == [
        "arn:aws:s3:::plain-states",
        "arn:aws:s3:::plain-states/network/terraform.tfstate",
        *[f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/plain-locks"] * 2,
    ]
    assert tree_of(plain) == {"network/main.tf": CODE.encode()}


@pytest.mark.usefixtures("plain")
def test_an_account_that_nobody_names_is_not_guessed(cli: CommandLine) -> None:
    found = cli("generate", "iam", "--role", "plan")
    assert (found.status, found.output) == (2, "")
    assert found.errors == (
        "error[policy-incomplete]: the account of backend `plain-states` is not known\n"
        "nothing was written\n"
        "\n"
        "hint: add `--account ID`, or `allowed_account_ids` to the backend block\n"
    )


@pytest.mark.usefixtures("declared_repository")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((f"{AKS}x", "--role", "plan"), f"did you mean `{AKS}`?"),
        (("--role", "plan", "--workspace", "a/b"), "`a/b` is no name of a workspace"),
        (("--role", "apply", "--github", "acme/infra"), "let every pull request become"),
        (("--role", "plan", "--table-key", "locks"), "`--table-key locks` names no KMS key"),
        (("--role", "plan", "--table-key", "locks=alias/a"), "names no KMS key of a table"),
        (("--role", "plan", "--table-key", f"={TABLE_KEY}"), "names no KMS key of a table"),
        (("--role", "plan", "--github-ids", "1/2"), "`--github-ids` is for `--github`"),
        (("--role", "plan", "--github", "acme"), "`acme` names no repository of GitHub"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    cli: CommandLine, arguments: tuple[str, ...], words: str, declared_repository: Path
) -> None:
    before = tree_of(declared_repository)
    found = cli("generate", "iam", *arguments)
    assert (found.status, found.output) == (2, "")
    assert words in found.errors
    assert tree_of(declared_repository) == before


@pytest.mark.parametrize(
    ("role", "words"), [("plan", "no state is known"), ("audit", "no backend")]
)
def test_without_anything_to_be_allowed_nothing_is_written(
    cli: CommandLine, plain: Path, role: str, words: str
) -> None:
    (plain / "network" / "main.tf").write_text('terraform {\n  backend "local" {}\n}\n', "utf-8")
    found = cli("generate", "iam", "--role", role)
    assert (found.status, found.output) == (2, "")
    assert words in found.errors


def test_keys_that_a_pattern_cannot_tell_apart_are_said(cli: CommandLine, plain: Path) -> None:
    other = plain / "other"
    other.mkdir()
    code = CODE.replace("network/terraform", "x/network/terraform")
    (other / "main.tf").write_text(code, encoding="utf-8")
    arguments = ("generate", "iam", "network", "--role", "plan", "--account", ACCOUNT)
    found = cli(*arguments, "--workspaces")
    assert found.errors == PLAIN_NOTES + (
        "note: the workspaces of `network/terraform.tfstate` cannot be told from those of"
        " `x/network/terraform.tfstate` by a pattern: name them, `--workspace NAME`\n"
    )
    assert cli(*arguments, "--workspace", "dev").errors == PLAIN_NOTES
