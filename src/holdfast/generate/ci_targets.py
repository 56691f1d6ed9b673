"""What a pipeline is about: one state, its root, how it is initialised and who may touch it. Pure.

All systems have the same shape. A change that is proposed is planned without a lock, by a role that only reads: such
a run can be cancelled at any time. Only the branch that everybody works from applies, one run at a time for each
state, and it is never cancelled by a newer one: a run that is killed leaves its lock behind.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from holdfast.core.engines import EngineName
from holdfast.core.generated import MARK

LOCK_TIMEOUT = "10m"
HASH_LENGTH = 8
# GitLab's `resource_group` has at most 255 characters, all of them out of these; no `/` at an end.
GROUP_LENGTH_MAX = 255
NOT_IN_GROUP = re.compile(r"[^A-Za-z0-9._/-]")
NOT_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")
NOT_IN_VARIABLE = re.compile(r"[^A-Z0-9]")
# Releases that a pipeline uses where the code pins none.
ENGINE_VERSIONS = {EngineName.TERRAFORM: "1.15.5", EngineName.TOFU: "1.12.6"}
NOTICE = (
    MARK + " (`holdfast generate ci`): change the declaration, not this file.\n"
    "Proposed changes are planned without a lock; the branch applies, one run at a time."
)


class Purpose(StrEnum):
    """Name what a role is for."""

    PLAN = "plan"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class CiTarget:
    """One state that a pipeline plans and applies.

    `root` is a POSIX path relative to the repository. The roles are those that the pipeline's own identity takes
    on; where one is None, a variable of the system names it. A role of the account's declaration is in the
    generated backend file, and taken on from there. `environment` is the name under which the system keeps approvals.
    """

    name: str
    root: str
    bucket: str
    key: str
    region: str
    backend: str
    account_name: str
    account: str
    environment: str
    init_arguments: tuple[str, ...]
    engine: EngineName
    engine_version: str
    plan_role: str | None = None
    apply_role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CiSettings:
    """What is the same for all pipelines of a run.

    `watched` are paths beside the root whose changes matter too; `holdfast` is what pip installs.
    """

    branch: str
    holdfast: str
    watched: tuple[str, ...] = ()


def state_group(bucket: str, key: str) -> str:
    """Return the name under which runs on one state exclude each other.

    Two states can only share one where their names differ in characters that no system allows; a hash then
    tells them apart.
    """
    plain = f"tfstate/{bucket}/{key}"
    allowed = NOT_IN_GROUP.sub("-", plain).rstrip("/")
    if allowed == plain and len(plain) <= GROUP_LENGTH_MAX:
        return plain
    mark = _hash(bucket, key)
    return f"{allowed[: GROUP_LENGTH_MAX - len(mark) - 1].rstrip('/')}-{mark}"


def file_stems(targets: Sequence[CiTarget]) -> tuple[str, ...]:
    """Return a file name without ending for each target; a hash tells equal ones apart."""
    plain = [f"terraform-{NOT_IN_FILE_NAME.sub('-', each.name)}" for each in targets]
    # Some file systems take two names for one that differ in upper and lower case alone.
    counts = Counter(stem.lower() for stem in plain)
    return tuple(
        stem if counts[stem.lower()] == 1 else f"{stem}-{_hash(target.bucket, target.key)}"
        for stem, target in zip(plain, targets, strict=True)
    )


def role_of(purpose: Purpose, target: CiTarget) -> str | None:
    """Return the role that is given for a purpose, None when a variable names it."""
    match purpose:
        case Purpose.PLAN:
            return target.plan_role
        case Purpose.APPLY:
            return target.apply_role
        case _:
            assert_never(purpose)


def role_variable(purpose: Purpose, target: CiTarget) -> str:
    """Return the name of the variable with a role: `AWS_PLAN_ROLE_DEV`."""
    return f"AWS_{purpose.name}_ROLE_{NOT_IN_VARIABLE.sub('_', target.account_name.upper())}"


def init_command(target: CiTarget) -> str:
    """Return the command line that initialises the root, to be run there."""
    return shlex.join((target.engine.value, "init", "-input=false", *target.init_arguments))


def plan_command(target: CiTarget) -> str:
    """Return the command line that plans a proposed change; it takes no lock."""
    return f"{target.engine.value} plan -input=false -lock=false"


def apply_commands(target: CiTarget) -> tuple[str, str]:
    """Return the command lines that plan and then apply exactly that plan."""
    engine = target.engine.value
    return (
        f"{engine} plan -input=false -lock-timeout={LOCK_TIMEOUT} -out=tfplan",
        f"{engine} apply -input=false -lock-timeout={LOCK_TIMEOUT} tfplan",
    )


def audit_commands(target: CiTarget) -> tuple[str, ...]:
    """Return the command lines that audit the code; they need no credentials, and run at the top."""
    return (
        shlex.join(("holdfast", "audit", "--offline", "--backend", target.backend)),
        shlex.join(("holdfast", "generate", "backend", target.root, "--check")),
    )


def install_command(settings: CiSettings) -> str:
    """Return the command line that installs Holdfast."""
    return shlex.join(("python3", "-m", "pip", "install", settings.holdfast))


def _hash(bucket: str, key: str) -> str:
    return hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest()[:HASH_LENGTH]
