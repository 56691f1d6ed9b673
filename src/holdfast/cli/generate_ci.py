"""`holdfast generate ci`."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import assert_never

import click

from holdfast.app.component_choice import chosen_components
from holdfast.app.pipelines import PipelineWishes, pipeline_targets
from holdfast.cli.generate_options import (
    GenerateRequest,
    deliver,
    generate_options,
    show_odd_places,
)
from holdfast.core.cleaning import printable
from holdfast.core.engines import EngineName
from holdfast.core.generated import GeneratedFile
from holdfast.errors import UsageError
from holdfast.generate.ci_azure import azure_pipelines
from holdfast.generate.ci_github import github_workflows
from holdfast.generate.ci_gitlab import gitlab_files
from holdfast.generate.ci_targets import CiSettings, CiTarget
from holdfast.generate.pre_commit import pre_commit_file

BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?")
PATH = re.compile(r"[^$`'\"\\\x00-\x1f\x7f]+")


class CiSystem(StrEnum):
    """Name what is generated for, as `--system` has it."""

    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE = "azure"
    PRE_COMMIT = "pre-commit"


@click.command("ci")
@click.argument("names", nargs=-1, metavar="[ROOT|COMPONENT]...")
@click.option(
    "--system",
    "system_name",
    type=click.Choice([each.value for each in CiSystem]),
    required=True,
    help="The system that runs it; pre-commit gets hooks instead of pipelines.",
)
@generate_options
@click.option(
    "--branch", default="main", show_default=True, help="The branch from which states are applied."
)
@click.option(
    "--watch",
    "watched",
    multiple=True,
    metavar="PATH",
    help="Run when something below this path changes too (`modules/**`); may be repeated.",
)
@click.option(
    "--plan-role",
    metavar="ARN",
    help="The role that plans, such as `arn:aws:iam::{account_id}:role/plan`; else a variable.",
)
@click.option("--apply-role", metavar="ARN", help="The role that applies; else a variable.")
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice([each.value for each in EngineName]),
    help="The engine, where the code does not pin the one to use.",
)
@click.option("--engine-version", metavar="VERSION", help="Its version, likewise.")
@click.option(
    "--package",
    required=True,
    metavar="REQUIREMENT",
    help="What pip installs Holdfast from: `holdfast @ git+https://...@v0.1.0`, or a name in your own index.",
)
def generate_ci(
    *,
    request: GenerateRequest,
    names: tuple[str, ...],
    system_name: str,
    branch: str,
    watched: tuple[str, ...],
    plan_role: str | None,
    apply_role: str | None,
    engine_name: str | None,
    engine_version: str | None,
    package: str,
) -> int:
    """Write a pipeline for each component: audit, plan of a change, apply on the branch.

    Runs on one state exclude each other, and none that applies is cancelled. ROOT is a directory, COMPONENT the
    pipeline name of a component; without one, all components are meant. The declaration must be at the top of
    the repository. Nothing is installed by a bare name: on the public index it may be somebody else's.
    """
    settings = CiSettings(
        branch=checked("--branch", branch, BRANCH),
        holdfast=checked("--package", package, PATH),
        watched=tuple(checked("--watch", each, PATH) for each in watched),
    )
    wishes = PipelineWishes(
        plan_role=plan_role,
        apply_role=apply_role,
        engine=EngineName(engine_name) if engine_name is not None else None,
        engine_version=checked("--engine-version", engine_version, VERSION)
        if engine_version is not None
        else None,
    )
    fleet = request.read_fleet()
    chosen = chosen_components(fleet, names, start=Path())
    show_odd_places(fleet)
    system = CiSystem(system_name)
    if system is CiSystem.PRE_COMMIT:
        if names:
            raise UsageError("`--system pre-commit` is for the whole repository; name no component")
        return deliver([pre_commit_file(settings)], fleet.directory, request)
    made = pipeline_targets(fleet, chosen, wishes)
    for name in made.without_root:
        print(f"note: component `{printable(name)}` has no root; no pipeline", file=sys.stderr)
    if not made.targets:
        raise UsageError(
            f"no component of `{fleet.declaration.path}` has a root to run in",
            world="nothing was written",
            hints=("say where roots are with `layout.roots`",),
        )
    return deliver(files_for(system, made.targets, settings), fleet.directory, request)


def files_for(
    system: CiSystem, targets: tuple[CiTarget, ...], settings: CiSettings
) -> tuple[GeneratedFile, ...]:
    """Return the files for a system."""
    match system:
        case CiSystem.GITHUB:
            return github_workflows(targets, settings)
        case CiSystem.GITLAB:
            return gitlab_files(targets, settings)
        case CiSystem.AZURE:
            return azure_pipelines(targets, settings)
        case CiSystem.PRE_COMMIT:
            return (pre_commit_file(settings),)
        case _:
            assert_never(system)


def checked(option: str, text: str, form: re.Pattern[str]) -> str:
    """Return the value of an option; raise `UsageError` for one that could not stand in a pipeline."""
    if form.fullmatch(text) is None:
        raise UsageError(
            f"`{option} {printable(text)}` cannot stand in a pipeline", world="nothing was read"
        )
    return text
