"""A backend's bucket and table as `aws` commands: what is missing of the baseline, in order. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from holdfast.core.backends import Backend
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    ObservedBackend,
    ObservedTable,
    Table,
    TableAbsent,
    existing_bucket,
)
from holdfast.core.facts import OFFLINE, Fact, Known, Withheld
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.standings import Done, Ready, Unknown, existing_table, standing
from holdfast.core.step_commands import commands_of, presence_command
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

# Whoever runs the script may run it later, twice, or where more is there than was seen when it was made.
GUARD_HEADER = """
# These commands are for what is not there. Of a bucket that is, they would replace the policy and the rules.
stop() {
  printf '%s\\nNothing was changed.\\n' "$1" >&2
  exit 1
}
"""
# How the `aws` command says that there is no bucket: HeadBucket has no body, and so no other code than its status.
NO_BUCKET = "(404)"
NO_TABLE = "(ResourceNotFoundException)"


def setup_script(backend: Backend, settings: SetupSettings, directory: str) -> GeneratedFile:
    """Return the script with the commands for what is not known to be there.

    What is to be created is looked for first, and the script stops unless AWS says that it is not there.
    """
    seen = settings.observed or _unobserved(backend, settings.region)
    there = _without_unseen(seen)
    steps = list(_steps(settings))
    guards = [
        _guard(step, seen)
        for step in steps
        if isinstance(step, CreateBucket | CreateTable) and not _exists(step, settings)
    ]
    parts = [part for step in steps for part in _commands(step, there)]
    return GeneratedFile(
        path=f"{directory}/{SCRIPT_NAME}".removeprefix("./"),
        text="".join((HEADER, *([GUARD_HEADER] if guards else ()), *guards, *(parts or [NOTHING]))),
    )


def _exists(step: CreateBucket | CreateTable, settings: SetupSettings) -> bool:
    return settings.exists if isinstance(step, CreateBucket) else _table_exists(settings)


def _guard(step: CreateBucket | CreateTable, seen: ObservedBackend) -> str:
    """Return the commands that stop the script when the bucket or table is there, or when nobody says that it is not."""
    if isinstance(step, CreateBucket):
        name, absent = f"bucket `{step.bucket}`", NO_BUCKET
        unseen = _unseen(name, existing_bucket(seen))
    else:
        name, absent = f"table `{step.table}`", NO_TABLE
        unseen = _unseen(name, existing_table(seen, step.table))
    there = f"{name} is there already. What it lacks: `holdfast plan`, or this script made with credentials."
    return f"""
{unseen}\
if answer=$({presence_command(step, seen)} 2>&1); then
  stop {shlex.quote(there)}
fi
case $answer in
  *'{absent}'*) ;;
  *) stop {shlex.quote(f"It is not known whether {name} is there: ")}"$answer" ;;
esac
"""


def _unseen(name: str, presence: Fact[Bucket | None] | Fact[Table | None]) -> str:
    if isinstance(presence, Known):
        return ""
    return f"# Whether {name} is there is not known: {presence}\n"


def _without_unseen(seen: ObservedBackend) -> ObservedBackend:
    """Return the backend as it is where the guards let pass: what was not seen is not there."""
    bucket = seen.bucket
    if isinstance(bucket, Withheld):
        bucket = Known(BucketAbsent(name=seen.backend.bucket))
    tables = tuple(
        replace(each, presence=Known(TableAbsent(name=each.name, elsewhere=OFFLINE)))
        if isinstance(each.presence, Withheld)
        else each
        for each in seen.tables
    )
    return replace(seen, bucket=bucket, tables=tables)


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
