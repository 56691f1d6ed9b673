"""GitLab CI: one file with jobs for each component, to be included. Pure.

Sources: GitLab's reference of the CI/CD YAML syntax (`resource_group`, `id_tokens`, `rules`). The file sets no
`stages`: its jobs are in `test` and `deploy`, which every pipeline has, so that including it changes nothing else.
"""

from __future__ import annotations

import shlex

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

FOLDER = ".gitlab/ci"
PYTHON_IMAGE = "python:3.13-slim"
ENGINE_IMAGES = {
    EngineName.TERRAFORM: "hashicorp/terraform",
    EngineName.TOFU: "ghcr.io/opentofu/opentofu",
}
AUDIENCE = "sts.amazonaws.com"
TOKEN_FILE = "/tmp/aws-token"  # noqa: S105, S108 - a path in the container of one job, gone with it
INCLUDE = f"Included from .gitlab-ci.yml:  include: [{{local: {FOLDER}/*.yml}}]"


def gitlab_files(targets: tuple[CiTarget, ...], settings: CiSettings) -> tuple[GeneratedFile, ...]:
    """Return a file of jobs for each target."""
    return tuple(
        GeneratedFile(path=path, text=_jobs(target, settings, path))
        for stem, target in zip(file_stems(targets), targets, strict=True)
        for path in (f"{FOLDER}/{stem}.yml",)
    )


def _jobs(target: CiTarget, settings: CiSettings, path: str) -> str:
    stem = path.rpartition("/")[2].removesuffix(".yml")
    return yaml_comment(f"{NOTICE}\n{INCLUDE}") + yaml_text(
        {
            f"{stem}-audit": _audit(target, settings, path),
            f"{stem}-plan": _plan(target, settings, path),
            f"{stem}-apply": _apply(target, settings, path),
        }
    )


def _audit(target: CiTarget, settings: CiSettings, path: str) -> YamlValue:
    return {
        "stage": "test",
        "image": PYTHON_IMAGE,
        "rules": (_on_proposal(target, settings, path), _on_branch(target, settings, path)),
        "script": (install_command(settings), *audit_commands(target)),
    }


def _plan(target: CiTarget, settings: CiSettings, path: str) -> YamlValue:
    return {
        "stage": "test",
        **_with_credentials(target),
        "rules": (_on_proposal(target, settings, path),),
        "script": (*_prepared(target, Purpose.PLAN), plan_command(target)),
    }


def _apply(target: CiTarget, settings: CiSettings, path: str) -> YamlValue:
    return {
        "stage": "deploy",
        **_with_credentials(target),
        "rules": (_on_branch(target, settings, path),),
        "environment": {"name": target.environment},
        "resource_group": Commented(
            "One run at a time for this state. A run that is cancelled may leave its lock behind.",
            state_group(target.bucket, target.key),
        ),
        "interruptible": False,
        "script": (*_prepared(target, Purpose.APPLY), *apply_commands(target)),
    }


def _with_credentials(target: CiTarget) -> dict[str, YamlValue]:
    image = f"{ENGINE_IMAGES[target.engine]}:{target.engine_version}"
    return {
        "image": {"name": image, "entrypoint": ("",)},
        "id_tokens": {"AWS_TOKEN": {"aud": AUDIENCE}},
        "variables": {
            "AWS_REGION": target.region,
            "AWS_WEB_IDENTITY_TOKEN_FILE": TOKEN_FILE,
            "TF_IN_AUTOMATION": "true",
        },
    }


def _prepared(target: CiTarget, purpose: Purpose) -> tuple[str, ...]:
    return (
        f"(umask 077 && printf '%s' \"$AWS_TOKEN\" > {TOKEN_FILE})",
        f"export AWS_ROLE_ARN={_role(target, purpose)}",
        shlex.join(("cd", target.root)),
        init_command(target),
    )


def _role(target: CiTarget, purpose: Purpose) -> str:
    role = role_of(purpose, target)
    if role is not None:
        return shlex.quote(role)
    # The shell stops here, with these words, where the variable is not set.
    return f'"${{{role_variable(purpose, target)}:?is the role to assume}}"'


def _on_proposal(target: CiTarget, settings: CiSettings, path: str) -> YamlValue:
    return {
        "if": '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "changes": _changes(target, settings, path),
    }


def _on_branch(target: CiTarget, settings: CiSettings, path: str) -> YamlValue:
    return {
        "if": f'$CI_PIPELINE_SOURCE != "merge_request_event" && $CI_COMMIT_BRANCH == "{settings.branch}"',
        "changes": _changes(target, settings, path),
    }


def _changes(target: CiTarget, settings: CiSettings, path: str) -> tuple[str, ...]:
    root = "**/*" if target.root == "." else f"{target.root}/**/*"
    return (root, *settings.watched, path)
