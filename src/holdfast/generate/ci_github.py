"""GitHub Actions: one workflow for each component. Pure.

Sources: GitHub's reference of the workflow syntax (`concurrency`, `permissions`, filter patterns), and
`aws.md` of AWS on OpenID Connect. A run waits in its group; of several that wait, GitHub keeps the newest,
which holds all that the others would have applied. Plans are in no group, so that none takes the place of a
waiting apply.
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
    role_of,
    role_variable,
    state_group,
)
from holdfast.generate.yaml_text import Commented, YamlValue, yaml_comment, yaml_text

FOLDER = ".github/workflows"
RUNNER = "ubuntu-latest"
PYTHON_VERSION = "3.13"
CHECKOUT = "actions/checkout@v6"
SETUP_PYTHON = "actions/setup-python@v6"
CREDENTIALS = "aws-actions/configure-aws-credentials@v6"
SETUP_ENGINE = {
    EngineName.TERRAFORM: ("hashicorp/setup-terraform@v4", "terraform"),
    EngineName.TOFU: ("opentofu/setup-opentofu@v2", "tofu"),
}
FILTER_MARKS = re.compile(r"([\\*?+\[\]!])")
# GitHub gives no token to a run of somebody else's fork, and a plan runs code of the change.
IS_OWN_PROPOSAL = (
    "github.event_name == 'pull_request'"
    " && github.event.pull_request.head.repo.full_name == github.repository"
)


def github_workflows(
    targets: tuple[CiTarget, ...], settings: CiSettings
) -> tuple[GeneratedFile, ...]:
    """Return a workflow file for each target."""
    return tuple(
        GeneratedFile(path=path, text=_workflow(target, settings, path))
        for stem, target in zip(file_stems(targets), targets, strict=True)
        for path in (f"{FOLDER}/{stem}.yml",)
    )


def _workflow(target: CiTarget, settings: CiSettings, path: str) -> str:
    paths = (*_filters(target), *settings.watched, path)
    return yaml_comment(NOTICE) + yaml_text(
        {
            "name": f"terraform {target.name}",
            "on": {
                "pull_request": {"paths": paths},
                "push": {"branches": (settings.branch,), "paths": paths},
                "workflow_dispatch": {},
            },
            "permissions": {"contents": "read"},
            "env": {"TF_IN_AUTOMATION": "true"},
            "jobs": {
                "audit": _audit(target, settings),
                "plan": _plan(target),
                "apply": _apply(target, settings),
            },
        }
    )


def _filters(target: CiTarget) -> tuple[str, ...]:
    if target.root == ".":
        return ("**",)
    return (FILTER_MARKS.sub(r"\\\1", target.root) + "/**",)


def _audit(target: CiTarget, settings: CiSettings) -> YamlValue:
    steps: list[YamlValue] = [
        _checkout(),
        {"uses": SETUP_PYTHON, "with": {"python-version": PYTHON_VERSION}},
        {"name": "Install Holdfast", "run": install_command(settings)},
        *({"name": _title(line), "run": line} for line in audit_commands(target)),
    ]
    return Commented(
        "Reads the code alone, without any credentials.", {"runs-on": RUNNER, "steps": steps}
    )


def _plan(target: CiTarget) -> YamlValue:
    return {
        "needs": "audit",
        "if": IS_OWN_PROPOSAL,
        **_with_credentials(target),
        "steps": [
            *_prepared(target, Purpose.PLAN),
            {"name": "Plan", "run": f"exec {plan_command(target)}"},
        ],
    }


def _apply(target: CiTarget, settings: CiSettings) -> YamlValue:
    plan, apply = apply_commands(target)
    return {
        "needs": "audit",
        "if": f"github.event_name != 'pull_request' && github.ref == 'refs/heads/{settings.branch}'",
        "environment": target.environment,
        "concurrency": Commented(
            "One run at a time for this state. A run that is cancelled may leave its lock behind.",
            {"group": state_group(target.bucket, target.key), "cancel-in-progress": False},
        ),
        **_with_credentials(target),
        "steps": [
            *_prepared(target, Purpose.APPLY),
            {"name": "Plan", "run": f"exec {plan}"},
            {"name": "Apply", "run": f"exec {apply}"},
        ],
    }


def _with_credentials(target: CiTarget) -> dict[str, YamlValue]:
    return {
        "runs-on": RUNNER,
        "permissions": {"contents": "read", "id-token": "write"},
        # `exec` below: a signal then reaches the engine itself, which gives its lock back.
        "defaults": {"run": {"shell": "bash", "working-directory": target.root}},
    }


def _prepared(target: CiTarget, purpose: Purpose) -> list[YamlValue]:
    action, program = SETUP_ENGINE[target.engine]
    return [
        _checkout(),
        {
            "uses": CREDENTIALS,
            "with": {
                "role-to-assume": _role(target, purpose),
                "aws-region": target.region,
                "allowed-account-ids": target.account,
            },
        },
        {
            "uses": action,
            "with": {
                f"{program}_version": target.engine_version,
                f"{program}_wrapper": False,
            },
        },
        {"name": "Initialise", "run": f"exec {init_command(target)}"},
    ]


def _checkout() -> YamlValue:
    return {"uses": CHECKOUT, "with": {"persist-credentials": False}}


def _role(target: CiTarget, purpose: Purpose) -> str:
    return role_of(purpose, target) or f"${{{{ vars.{role_variable(purpose, target)} }}}}"


def _title(line: str) -> str:
    return "Audit the code" if " audit " in line else "Check the generated backend file"
