"""A root whose state roles are checked for, on the embedded AWS, and IAM's answers where it has none.

The embedded simulation evaluates no condition. Where a verdict depends on one, the proxy answers in its place.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import use_credentials
from tests.support.source_tree import ROOT

KEY = "net/terraform.tfstate"
SCHEMA = ROOT / "src/holdfast/report/schemas/role-access-v1.json"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A root that is locked in both ways, roles for it, and the command line that checks them."""

    account: FreshAccount
    bucket: str
    table: str
    proxy: FaultProxy
    cli: CommandLine

    def role(self, name: str, generated_for: str) -> str:
        """Make a role with the policy that is generated for this purpose, and return its ARN."""
        made = self.cli(
            *("generate", "iam", KEY, "--role", generated_for, "--account", self.account.id),
            "--online",
        )
        assert (made.status, made.errors) == (0, "")
        return self.role_with(name, made.output)

    def role_with(self, name: str, policy: str) -> str:
        """Make a role with this policy, and return its ARN."""
        iam = self.account.clients.iam()
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName=name, PolicyName="states", PolicyDocument=policy)
        return role["Role"]["Arn"]

    def simulation_says(self, decision: str, *, organization: str = "", about: str = "") -> None:
        """Let IAM's simulation answer this to everything, or to what is about something; what was said first holds."""
        detail = (
            "<OrganizationsDecisionDetail><AllowedByOrganizations>"
            f"{organization}</AllowedByOrganizations></OrganizationsDecisionDetail>"
        )
        text = (
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>"
            "<member><EvalActionName>a</EvalActionName>"
            f"<EvalDecision>{decision}</EvalDecision>{detail if organization else ''}</member>"
            "</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        )
        response = Response(status=200, headers={"Content-Type": "text/xml"}, body=text.encode())
        self.proxy.add(
            Rule(
                action=Answer(response=response),
                operation="iam:SimulatePrincipalPolicy",
                body=about,
            )
        )

    def verdicts(self, role: str, *arguments: str) -> tuple[int, dict[str, str]]:
        """Return the exit code and the verdict of each verb; the document must fit its schema."""
        found = self.cli("iam", "check", "--role", role, KEY, "--format", "json", *arguments)
        assert found.errors == ""
        document = json.loads(found.output)
        jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
        return found.status, {each["verb"]: each["verdict"] for each in document["verbs"]}


@pytest.fixture
def checked(
    account: FreshAccount,
    fault_proxy: FaultProxy,
    cli: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Checked:
    use_credentials(monkeypatch, account.id)
    for name, value in account.environment(through=fault_proxy.url).items():
        monkeypatch.setenv(name, value)
    bucket = account.clients.create_bucket(account.name("states"))
    table = account.clients.create_lock_table(account.name("locks"))
    (tmp_path / "main.tf").write_text(
        f"""\
terraform {{
  backend "s3" {{
    bucket         = "{bucket}"
    key            = "{KEY}"
    region         = "us-east-1"
    dynamodb_table = "{table}"
    use_lockfile   = true
  }}
}}
""",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return Checked(account=account, bucket=bucket, table=table, proxy=fault_proxy, cli=cli)
