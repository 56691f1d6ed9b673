"""Azure Pipelines: one pipeline for each component. Pure.

Sources: Microsoft's YAML schema of Azure Pipelines (`lockBehavior`, deployment jobs), and its page on approvals and
checks. `lockBehavior: sequential` works together with the check "Exclusive lock", which is set once on the
environment in the web interface: the environment is named after the state, so that no two pipelines can apply to
it at once. Every scalar is a string to Azure Pipelines, booleans too. Credentials come from service connections of the AWS Toolkit with OpenID Connect.
"""

from __future__ import annotations

import re

from holdfast.core.engines import EngineName
from holdfast.core.generated import GeneratedFile
from holdfast.generate.ci_targets import (
    NOTICE,
    CiSettings,
    CiTarget,
    Purpose,
    apply_commands,
    audit_commands,
    file_stems,
    init_command,
    install_command,
    plan_command,
    state_group,
)
from holdfast.generate.yaml_text import Commented, YamlValue, yaml_comment, yaml_text

FOLDER = ".azure/pipelines"
POOL: YamlValue = {"vmImage": "ubuntu-latest"}
PYTHON_VERSION = "3.13"
NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]")
SET_UP = (
    "To be set up once: a pipeline for this file; the environment `{environment}` with the\n"
    "checks Approvals and Exclusive lock; the service connections of the parameters below.\n"
    "In Azure Repos a branch policy starts the runs for pull requests, not `pr`."
)
IS_PROPOSAL = "eq(variables['Build.Reason'], 'PullRequest')"


def azure_pipelines(
    targets: tuple[CiTarget, ...], settings: CiSettings
) -> tuple[GeneratedFile, ...]:
    """Return a pipeline for each target."""
    return tuple(
        GeneratedFile(path=path, text=_pipeline(target, settings, path))
        for stem, target in zip(file_stems(targets), targets, strict=True)
        for path in (f"{FOLDER}/{stem}.yml",)
    )


def environment_name(target: CiTarget) -> str:
    """Return the name of the environment that holds the lock of a state."""
    return NOT_IN_NAME.sub("-", state_group(target.bucket, target.key))


def _pipeline(target: CiTarget, settings: CiSettings, path: str) -> str:
    paths = {"include": (*_paths(target), *settings.watched, path)}
    branches = {"include": (settings.branch,)}
    set_up = SET_UP.format(environment=environment_name(target))
    return yaml_comment(f"{NOTICE}\n{set_up}") + yaml_text(
        {
            "trigger": {"branches": branches, "paths": paths},
            "pr": {"branches": branches, "paths": paths},
            "parameters": [_connection(target, Purpose.PLAN), _connection(target, Purpose.APPLY)],
            "pool": POOL,
            "variables": {"TF_IN_AUTOMATION": "true"},
            "stages": [_audit(target, settings), _plan(target), _apply(target, settings)],
        }
    )


def _paths(target: CiTarget) -> tuple[str, ...]:
    return ("*",) if target.root == "." else (target.root,)


def _connection(target: CiTarget, purpose: Purpose) -> YamlValue:
    return {
        "name": f"{purpose}Connection",
        "displayName": f"Service connection with the role that may {purpose}",
        "type": "string",
        "default": f"aws-{target.account_name}-{purpose}",
    }


def _audit(target: CiTarget, settings: CiSettings) -> YamlValue:
    steps: list[YamlValue] = [
        {"task": "UsePythonVersion@0", "inputs": {"versionSpec": PYTHON_VERSION}},
        {"script": install_command(settings), "displayName": "Install Holdfast"},
        *({"script": line} for line in audit_commands(target)),
    ]
    return Commented(
        "Reads the code alone, without any credentials.",
        {"stage": "audit", "jobs": [{"job": "audit", "steps": steps}]},
    )


def _plan(target: CiTarget) -> YamlValue:
    steps = [
        _checkout(),
        _engine(target),
        _run(target, Purpose.PLAN, (init_command(target), f"exec {plan_command(target)}")),
    ]
    return {
        "stage": "plan",
        "dependsOn": "audit",
        "condition": f"and(succeeded(), {IS_PROPOSAL})",
        "jobs": [{"job": "plan", "steps": steps}],
    }


def _apply(target: CiTarget, settings: CiSettings) -> YamlValue:
    plan, apply = apply_commands(target)
    steps = [
        _checkout(),
        _engine(target),
        _run(target, Purpose.APPLY, (init_command(target), plan, f"exec {apply}")),
    ]
    is_branch = f"eq(variables['Build.SourceBranch'], 'refs/heads/{settings.branch}')"
    return {
        "stage": "apply",
        "dependsOn": "audit",
        "condition": f"and(succeeded(), not({IS_PROPOSAL}), {is_branch})",
        "lockBehavior": Commented(
            "One run at a time for this state, in turn. A run that is cancelled may leave its lock behind.",
            "sequential",
        ),
        "jobs": [
            {
                "deployment": "apply",
                "environment": environment_name(target),
                "strategy": {"runOnce": {"deploy": {"steps": steps}}},
            }
        ],
    }


def _checkout() -> YamlValue:
    return {"checkout": "self", "persistCredentials": "false"}


def _engine(target: CiTarget) -> YamlValue:
    match target.engine:
        case EngineName.TERRAFORM:
            return {
                "task": "TerraformInstaller@1",
                "inputs": {"terraformVersion": target.engine_version},
            }
        case EngineName.TOFU:
            return {
                "script": (
                    "set -eu\n"
                    "curl --proto '=https' --tlsv1.2 -fsSL https://get.opentofu.org/install-opentofu.sh -o install-opentofu.sh\n"
                    "sh install-opentofu.sh --install-method standalone"
                    f" --opentofu-version {target.engine_version}\n"
                ),
                "displayName": "Install OpenTofu",
                "workingDirectory": "$(Agent.TempDirectory)",
            }


def _run(target: CiTarget, purpose: Purpose, lines: tuple[str, ...]) -> YamlValue:
    return {
        "task": "AWSShellScript@1",
        "displayName": purpose.capitalize(),
        "inputs": {
            "awsCredentials": f"${{{{ parameters.{purpose}Connection }}}}",
            "regionName": target.region,
            "disableAutoCwd": "true",
            "workingDirectory": f"$(Build.SourcesDirectory)/{target.root}",
            "scriptType": "inline",
            "inlineScript": "\n".join(("set -eu", *lines, "")),
        },
    }
