"""One state's locks in full: where each lies, how an engine prints it, and the commands that would remove it. Pure.

The commands are for reading, and for those who may not let a program do it. Each removes a lock only if it is
still the one that was shown. Everything is quoted for a POSIX shell, and foreign text in it is escaped JSON.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from holdfast.core.backends import WORKSPACE_DEFAULT, Access
from holdfast.core.lock_board import LockSide, Marked, StateLocks, owners_of
from holdfast.core.lock_info import (
    CREATED_PATTERN,
    LockInfo,
    lock_object_key,
    lock_path,
)
from holdfast.core.locks import LockKind, StoredLock


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlace:
    """Where exactly one lock of a state lies, and how that is reached; `table` is None for a lock file."""

    kind: LockKind
    bucket: str
    key: str
    table: str | None
    region: str | None
    access: Access
    account: str | None

    @property
    def address(self) -> str:
        """Return it so that a person finds it."""
        match self.kind:
            case LockKind.OBJECT:
                return f"s3://{self.bucket}/{lock_object_key(self.key)}"
            case LockKind.ITEM:
                region = f" in {self.region}" if self.region else ""
                return f"`{lock_path(self.bucket, self.key)}` in table `{self.table}`{region}"
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """The locks of one state; `places` has one entry for each side. `roots` are the directories that use it."""

    locks: StateLocks
    places: tuple[LockPlace, ...]
    marks: tuple[Marked, ...] = ()
    roots: tuple[str, ...] = ()

    @property
    def located(self) -> Iterator[tuple[LockSide, LockPlace]]:
        """Yield each side with its place."""
        yield from zip(self.locks.sides, self.places, strict=True)


# What an engine prints --------------------------------------------------------------------------


def engine_lines(info: LockInfo) -> tuple[str, ...]:
    """Return the `Lock Info` block that an engine prints to whoever is refused (Terraform 1.11.4)."""
    return (
        "Lock Info:",
        f"  ID:        {info.identifier}",
        f"  Path:      {info.path}",
        f"  Operation: {info.operation}",
        f"  Who:       {info.who}",
        f"  Version:   {info.version}",
        f"  Created:   {engine_time(info.created)}",
        f"  Info:      {info.info}",
    )


def engine_time(created: str) -> str:
    """Return a time as Go's `Time.String` spells it; a text that is no time is returned as it is."""
    match = CREATED_PATTERN.fullmatch(created)
    if match is None:
        return created
    moment, fraction, offset = match[1].replace("T", " "), match[2], match[3]
    exact = f"{moment}.{fraction}" if fraction else moment
    if offset == "Z":
        return f"{exact} +0000 UTC"
    plain = offset.replace(":", "")
    return f"{exact} {plain} {plain}"  # Go knows no name for a zone that is only an offset


# Commands ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakCommand:
    """A way to remove what was shown, and what is to be known about it."""

    program: str
    line: str
    remark: str = ""


def break_commands(view: StateView) -> tuple[BreakCommand, ...]:
    """Return the commands that would remove the locks of a state: ours, the engine's, and those of `aws`."""
    held = view.locks.held
    if not held:
        return ()
    return (
        BreakCommand(program="holdfast", line=holdfast_line(view.locks)),
        *engine_commands(view),
        *(
            command
            for side, place in view.located
            if side.lock is not None
            for command in aws_commands(place, side.lock)
        ),
    )


def holdfast_line(locks: StateLocks) -> str:
    """Return the command of ours that removes every lock that was read."""
    confirmations = (word for each in owners_of(locks.held) for word in ("--lock-id", each))
    return shlex.join(
        ("holdfast", "locks", "break", locks.key, "--backend", locks.backend, *confirmations)
    )


def engine_commands(view: StateView) -> Iterator[BreakCommand]:
    """Yield `terraform force-unlock` for each owner that an engine can read."""
    owners = owners_of(view.locks.held)
    workspace = view.locks.workspace
    where = f"-chdir={view.roots[0]}" if view.roots else ""
    for confirmation, sides in owners.items():
        lock = sides[0].lock
        if lock is None or not isinstance(lock.content, LockInfo):
            continue
        if confirmation != lock.content.identifier:
            continue
        remarks = []
        if workspace not in {None, WORKSPACE_DEFAULT}:
            remarks.append(f"in workspace `{workspace}`, whose state must exist")
        if len({side.kind for side in sides}) < len({*_kinds_of_modes(view)}):
            remarks.append(
                "it exits with 1 although it removes this lock, as the other one is missing"
            )
        words = ("terraform", *((where,) if where else ()), "force-unlock", confirmation)
        yield BreakCommand(program="terraform", line=shlex.join(words), remark="; ".join(remarks))


def _kinds_of_modes(view: StateView) -> Iterator[LockKind]:
    for mode in view.locks.modes:
        if mode.uses_lockfile:
            yield LockKind.OBJECT
        if mode.uses_table:
            yield LockKind.ITEM


def aws_commands(place: LockPlace, lock: StoredLock) -> Iterator[BreakCommand]:
    """Yield the conditional delete of one lock; nothing where no condition can be given."""
    match place.kind:
        case LockKind.OBJECT if lock.tag is not None:
            owner = ("--expected-bucket-owner", place.account) if place.account else ()
            words = (
                *("s3api", "delete-object", "--bucket", place.bucket),
                *("--key", lock_object_key(place.key), "--if-match", lock.tag, *owner),
            )
            yield BreakCommand(
                program="aws", line=_aws_line(words, place, place.access.endpoints.s3)
            )
        case LockKind.ITEM:
            name = {"LockID": {"S": lock_path(place.bucket, place.key)}}
            condition = (
                ("attribute_exists(LockID) AND attribute_not_exists(Info)",)
                if lock.tag is None
                else (
                    "Info = :info",
                    "--expression-attribute-values",
                    json.dumps(
                        {":info": json.loads(lock.tag) if lock.is_typed else {"S": lock.tag}}
                    ),
                )
            )
            words = (
                *("dynamodb", "delete-item", "--table-name", place.table or ""),
                *("--key", json.dumps(name), "--condition-expression", *condition),
            )
            endpoint = place.access.endpoints.dynamodb
            yield BreakCommand(program="aws", line=_aws_line(words, place, endpoint))
        case _:
            return


def _aws_line(words: tuple[str, ...], place: LockPlace, endpoint: str | None) -> str:
    profile = place.access.profile
    return shlex.join(
        (
            "aws",
            *words,
            *(("--region", place.region) if place.region else ()),
            *(("--profile", profile) if profile else ()),
            *(("--endpoint-url", endpoint) if endpoint else ()),
        )
    )
