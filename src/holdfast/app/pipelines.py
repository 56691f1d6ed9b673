"""Make the targets of pipelines out of components: where they run, as whom, with which engine and backend file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast.app.backend_generation import file_name_for
from holdfast.app.declared_fleet import DeclaredFleet, PlacedComponent
from holdfast.core.component_fields import values_for_patterns
from holdfast.core.components import roots_in_common
from holdfast.core.engine_ranges import EngineRange
from holdfast.core.engines import EngineName, Version
from holdfast.core.patterns import Pattern, expand, parse_pattern
from holdfast.errors import UsageError
from holdfast.generate.backend_formats import (
    BLOCK_FORMATS,
    BackendFormat,
    format_of_file,
    name_beside,
)
from holdfast.generate.ci_targets import ENGINE_VERSIONS, CiTarget

# Systems put expressions into scripts, conditions and names where they find `$`, whatever a shell's quotes say.
UNFIT = re.compile(r"[$`\x00-\x1f\x7f]")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+")
ENVIRONMENT_FIELD = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineWishes:
    """What the user gave: patterns for the ARNs of the roles, and an engine other than that of the pins."""

    plan_role: str | None = None
    apply_role: str | None = None
    engine: EngineName | None = None
    engine_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineTargets:
    """The targets, and the components that have no root for a pipeline to run in."""

    targets: tuple[CiTarget, ...]
    without_root: tuple[str, ...]


def pipeline_targets(
    fleet: DeclaredFleet, components: Sequence[PlacedComponent], wishes: PipelineWishes
) -> PipelineTargets:
    """Return a target for each component whose root is there.

    Raises `UsageError` for a backend file that no `init` takes, a role that is none, and names that cannot
    stand in a pipeline.
    """
    layout_file = fleet.declaration.layout.file
    backend_format = format_of_file(layout_file)
    if backend_format not in {BackendFormat.HCL, *BLOCK_FORMATS}:
        raise UsageError(
            f"`layout.file` is `{layout_file}`, and `init` takes no such file",
            world="nothing was written",
            hints=("call it `backend.hcl` or `backend.tf`",),
        )
    roles = {
        "--plan-role": _pattern("--plan-role", wishes.plan_role),
        "--apply-role": _pattern("--apply-role", wishes.apply_role),
    }
    shared = roots_in_common(each.component for each in (*fleet.components, *components))
    targets: list[CiTarget] = []
    without_root: list[str] = []
    for each in components:
        component = each.component
        if component.root is None or each.root is None:
            without_root.append(component.pipeline)
            continue
        _check_names(component.pipeline, component.root, component.key)
        name = name_beside(
            component,
            file_name_for(backend_format, layout_file),
            backend_format,
            shared=component.root in shared,
        )
        values = values_for_patterns(
            dict(component.fields), component.backend, fleet.declaration.organization
        )
        engine, version = _engine(each.engines, wishes)
        targets.append(
            CiTarget(
                name=component.pipeline,
                root=component.root,
                bucket=component.backend.bucket,
                key=component.key,
                region=component.backend.region,
                backend=component.backend.name,
                account_name=component.backend.account.name,
                account=component.backend.account.account,
                environment=component.field(ENVIRONMENT_FIELD) or component.backend.name,
                init_arguments=_init_arguments(each, name, backend_format),
                engine=engine,
                engine_version=version,
                plan_role=_role("--plan-role", roles["--plan-role"], values),
                apply_role=_role("--apply-role", roles["--apply-role"], values),
            )
        )
    return PipelineTargets(targets=tuple(targets), without_root=tuple(without_root))


def _init_arguments(
    each: PlacedComponent, name: str, backend_format: BackendFormat
) -> tuple[str, ...]:
    """Return what `init` is given: the file, and no profile, since a runner has none."""
    file = () if backend_format in BLOCK_FORMATS else (f"-backend-config={name}",)
    has_profile = each.component.backend.account.access.profile is not None
    return (*file, *(("-backend-config=profile=",) if has_profile else ()))


def _engine(ranges: Sequence[EngineRange], wishes: PipelineWishes) -> tuple[EngineName, str]:
    """Return the engine of the pins and one version that they admit, unless others are wished for."""
    tofu = any(each.name is EngineName.TOFU and each.pin.exact for each in ranges)
    name = wishes.engine or (EngineName.TOFU if tofu else EngineName.TERRAFORM)
    if wishes.engine_version is not None:
        return name, wishes.engine_version
    usual = Version.parse(ENGINE_VERSIONS[name])
    for each in ranges:
        admits = (
            usual is not None
            and (each.oldest is None or each.oldest <= usual)
            and (each.below is None or usual < each.below)
        )
        if each.name is name and each.oldest is not None and not admits:
            return name, str(each.oldest)
    return name, ENGINE_VERSIONS[name]


def _pattern(option: str, text: str | None) -> Pattern | None:
    if text is None:
        return None
    parsed = parse_pattern(text)
    if isinstance(parsed, Pattern):
        return parsed
    words = "; ".join(each.words for each in parsed)
    raise UsageError(f"`{option} {text}` is not a pattern: {words}", world="nothing was written")


def _role(option: str, pattern: Pattern | None, values: Mapping[str, str]) -> str | None:
    if pattern is None:
        return None
    role = expand(pattern, values)
    if not isinstance(role, str):
        words = "; ".join(each.words for each in role)
        raise UsageError(
            f"`{option} {pattern}` gives no role: {words}", world="nothing was written"
        )
    if ROLE_ARN.fullmatch(role) is None:
        raise UsageError(
            f"`{option}` gives `{role}`, which is not the ARN of a role",
            world="nothing was written",
            hints=(f"give it as `{option} 'arn:aws:iam::{{account_id}}:role/terraform-plan'`",),
        )
    return role


def _check_names(*names: str) -> None:
    for name in names:
        if UNFIT.search(name):
            raise UsageError(
                f"`{name}` cannot stand in a pipeline: it has characters that systems put values in for",
                world="nothing was written",
            )
