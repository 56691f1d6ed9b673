"""A backend's bucket and table as `aws` commands: what is missing of the baseline, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holdfast.core.backends import Backend
from holdfast.core.baseline import bucket_steps, table_steps
from holdfast.core.cloud import (
    Bucket,
    ObservedBackend,
    ObservedTable,
    Table,
    VersioningStatus,
)
from holdfast.core.facts import OFFLINE, Known
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.standings import Done, Ready, Unknown, standing
from holdfast.core.step_commands import commands_of
from holdfast.core.step_dangers import danger_of
from holdfast.core.step_words import words_of
from holdfast.core.steps import (
    AddLifecycleRules,
    CreateBucket,
    Danger,
    EnableVersioning,
    ProtectTable,
    Step,
)
from holdfast.generate.setup_settings import SetupSettings

SCRIPT_NAME = "setup.sh"
HEADER = f"""\
#!/bin/sh
# {MARK}: `holdfast generate setup --format aws`.
# `holdfast apply` does the same, reads before it writes and reads back afterwards.
set -eu
"""
NOTHING = "\n# Nothing is missing.\n"


def setup_script(
    backend: Backend,
    settings: SetupSettings,
    *,
    observed: ObservedBackend | None,
    lifecycle_rule: str,
    directory: str,
) -> GeneratedFile:
    """Return the script with the commands for what is not known to be there."""
    there = observed if observed is not None else _unobserved(backend, settings.region)
    parts = [
        part
        for step in _steps(backend, settings, lifecycle_rule)
        for part in _commands(step, there)
    ]
    return GeneratedFile(
        path=f"{directory}/{SCRIPT_NAME}".removeprefix("./"),
        text=HEADER + ("".join(parts) or NOTHING),
    )


def _steps(backend: Backend, settings: SetupSettings, lifecycle_rule: str) -> Iterator[Step]:
    for step in bucket_steps(
        backend.bucket,
        settings.region,
        partition=settings.partition,
        kms_key=backend.kms_key,
        tags=backend.tags,
        account_regional=backend.account_regional,
    ):
        match step:
            case CreateBucket() if settings.exists:
                pass  # tags that are missing do not make it be created again
            case AddLifecycleRules():
                yield replace(step, rules=(lifecycle_rule,))
            case EnableVersioning():
                yield replace(step, resume=_is_suspended(settings))
            case _:
                yield step
    if backend.table is not None and settings.table is not None:
        yield from table_steps(backend.table, settings.region, backend.tags)
        if isinstance(settings.table.there, Table):
            yield ProtectTable(table=backend.table, region=settings.region)


def _commands(step: Step, there: ObservedBackend) -> Iterator[str]:
    words = words_of(step)
    remarks = [words.summary]
    match standing(step, there):
        case Done():
            return
        case Ready():
            pass
        case Unknown(withheld):
            remarks.append(f"not known whether that is so already: {withheld}")
    if words.caution and danger_of(step, there) is not Danger.SAFE:
        remarks.append(words.caution)
    lines = (*(f"# {remark}" for remark in remarks), *commands_of(step, there))
    yield "\n" + "".join(f"{line}\n" for line in lines)


def _is_suspended(settings: SetupSettings) -> bool:
    match settings.bucket_there:
        case Bucket(versioning=Known(versioning)):
            return versioning.status is VersioningStatus.SUSPENDED
        case _:
            return False


def _unobserved(backend: Backend, region: str) -> ObservedBackend:
    """Return the backend with nothing known of it."""
    return ObservedBackend(
        backend=backend,
        region=region,
        caller=OFFLINE,
        bucket=OFFLINE,
        tables=tuple(ObservedTable(name=table, presence=OFFLINE) for table in backend.tables),
        states_present=OFFLINE,
    )
