"""A backend's bucket and table as `aws` commands: what is missing of the baseline, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.cloud import (
    ObservedBackend,
    ObservedTable,
    Table,
)
from holdfast.core.facts import OFFLINE
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.standings import Done, Ready, Unknown, standing
from holdfast.core.step_commands import commands_of
from holdfast.core.step_dangers import danger_of
from holdfast.core.step_words import words_of
from holdfast.core.steps import (
    CreateBucket,
    CreateTable,
    Danger,
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


def setup_script(backend: Backend, settings: SetupSettings, directory: str) -> GeneratedFile:
    """Return the script with the commands for what is not known to be there."""
    there = settings.observed or _unobserved(backend, settings.region)
    parts = [part for step in _steps(settings) for part in _commands(step, there)]
    return GeneratedFile(
        path=f"{directory}/{SCRIPT_NAME}".removeprefix("./"),
        text=HEADER + ("".join(parts) or NOTHING),
    )


def _steps(settings: SetupSettings) -> Iterator[Step]:
    for step in settings.bucket_steps:
        match step:
            case CreateBucket() if settings.exists:
                pass  # tags that are missing do not make it be created again
            case _:
                yield step
    for table_step in settings.table_steps:
        yield table_step
        if isinstance(table_step, CreateTable) and _table_exists(settings):
            yield ProtectTable(table=table_step.table, region=table_step.region)


def _table_exists(settings: SetupSettings) -> bool:
    return settings.table is not None and isinstance(settings.table.there, Table)


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
