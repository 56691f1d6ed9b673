"""What the page about permissions shows is what is printed, in the fleet whose components share one table."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Response, Rule
from tests.support.source_tree import ROOT
from tests.support.worlds import World, running_world

PAGE = ROOT / "docs/how-to/give-terraform-its-permissions.md"
BLOCK = re.compile(
    r"```console\n\$ holdfast (?P<command>(?:.*\\\n)*.*)\n(?P<output>(?:.*\n)*?)```\n"
)
ROLE = "aks-plan"
# The embedded simulation evaluates no condition, so the proxy answers as IAM does for this role.
NOT_ALLOWED = (r"s3%3APutObject.*\.tfstate(&|$)", r"dynamodb%3APutItem.*-md5")
SIMULATED = (
    "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>"
    "<member><EvalActionName>a</EvalActionName><EvalDecision>{}</EvalDecision></member>"
    "</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
)


def simulation(decision: str, body: str = "") -> Rule:
    text = SIMULATED.format(decision).encode()
    response = Response(status=200, headers={"Content-Type": "text/xml"}, body=text)
    return Rule(
        action=Answer(response=response), operation="iam:SimulatePrincipalPolicy", body=body
    )


@pytest.fixture
def world(tmp_path: Path, cli: CommandLine) -> Iterator[World]:
    """The fleet with a role that may plan, behind a proxy that simulates it."""
    with (
        running_world("shared-table", tmp_path / "repository") as running,
        FaultProxy(running.sandbox.url) as proxy,
    ):
        for body in NOT_ALLOWED:
            proxy.add(simulation("implicitDeny", body))
        proxy.add(simulation("allowed"))
        cli.join(running, through=proxy.url)
        root = "infrastructure/azure/aks/dev"
        policy = cli(
            "generate", "iam", root, "--role", "plan", "--account", running.scenario.account
        )
        iam = running.clients.iam()
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
        iam.put_role_policy(RoleName=ROLE, PolicyName="states", PolicyDocument=policy.output)
        yield running


@pytest.mark.usefixtures("world")
def test_the_page_shows_what_is_printed(cli: CommandLine) -> None:
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    shown = [(block["command"], block["output"]) for block in blocks]
    printed = []
    for command, _ in shown:
        found = cli(*shlex.split(command.replace("\\\n", " ")))
        printed.append((command, found.output + found.errors))
    assert len(shown) == 3
    assert printed == shown
