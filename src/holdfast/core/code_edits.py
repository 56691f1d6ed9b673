"""Edits of backend code: which bytes of a file are replaced by which, and why a file is left alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

ArgumentValue: TypeAlias = str | bool


class CodePlace(StrEnum):
    """Name where the arguments of a backend stand in a file."""

    BACKEND_BLOCK = "backend block"  # `backend "s3"` in a `terraform` block
    PARTIAL_FILE = "partial file"  # the whole file, for `-backend-config=FILE`
    REMOTE_STATE = "remote_state"  # `config` in terragrunt's `remote_state`


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentChange:
    """What one argument is to be; None takes it out."""

    name: str
    value: ArgumentValue | None


@dataclass(frozen=True, slots=True, order=True)
class ByteEdit:
    """The bytes from `start` up to `end` become `text`; equal numbers insert."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedFile:
    """A file's content after its edits, with the edits in order."""

    content: bytes
    edits: tuple[ByteEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFileEdit:
    """One file of code that is changed: its whole content before and after."""

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRefused:
    """Why a file is not edited; 1-based line, 0 for the file as a whole."""

    words: str
    line: int = 0


def edited(content: bytes, edits: Iterable[ByteEdit]) -> EditedFile:
    """Return a content with edits that do not overlap; every other byte stays."""
    ordered = tuple(sorted(edits))
    pieces: list[bytes] = []
    position = 0
    for edit in ordered:
        if edit.start < position:
            raise ValueError("edits overlap")
        pieces += [content[position : edit.start], edit.text]
        position = edit.end
    return EditedFile(content=b"".join([*pieces, content[position:]]), edits=ordered)
