"""What a state object holds, as far as anybody but its engine may know: its head, never a value. Pure.

Source: Terraform 1.11.4 writes `version`, `terraform_version`, `serial`, `lineage`, `outputs`, `resources` and
`check_results`, in this order; an object of 0 bytes is no state to it. OpenTofu 1.7 and later may encrypt: then
there is a non-empty `encryption_version`, and the rest is for nobody without the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

FORMAT_VERSION = 4  # what every engine since Terraform 0.12 writes
LINEAGE_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StateHead:
    """The head of a readable state. `resource_count` is None when only the beginning was read."""

    format_version: int
    engine_version: str
    serial: int
    lineage: str  # empty in states from before lineages
    resource_count: int | None

    @property
    def lineage_short(self) -> str:
        """Return the first characters of the lineage, for a table."""
        return self.lineage[:LINEAGE_SHOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedState:
    """A state that OpenTofu has encrypted; newer versions leave serial and lineage readable."""

    encryption_version: str
    serial: int | None = None
    lineage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyState:
    """An object of 0 bytes, which the engines take for no state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableState:
    """Bytes that are no state."""

    problem: str


StateContent: TypeAlias = StateHead | EncryptedState | EmptyState | UnreadableState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadState:
    """What was read of one version of a state object.

    `md5` is the MD5 of the bytes in 32 hexadecimal digits, as the engines keep it in the lock table (S3 client
    `putMD5`, Terraform 1.11.4); None when only the beginning was read. `size_bytes` is that of the object.
    """

    content: StateContent
    size_bytes: int
    md5: str | None


def serial_of(content: StateContent) -> int | None:
    """Return the serial, None where there is none to be read."""
    match content:
        case StateHead(serial=serial) | EncryptedState(serial=serial):
            return serial
        case _:
            return None


def lineage_of(content: StateContent) -> str:
    """Return the lineage, empty where there is none to be read."""
    match content:
        case StateHead(lineage=lineage) | EncryptedState(lineage=lineage):
            return lineage
        case _:
            return ""


def content_words(content: StateContent) -> str:
    """Return what a person is told of a state in one line."""
    match content:
        case StateHead() as head:
            count = head.resource_count
            noun = "resource" if count == 1 else "resources"
            resources = "" if count is None else f", {count} {noun}"
            engine = f", engine {head.engine_version}" if head.engine_version else ""
            return f"serial {head.serial}, lineage {head.lineage or 'none'}{engine}{resources}"
        case EncryptedState(serial=serial):
            return "encrypted" if serial is None else f"encrypted, serial {serial}"
        case EmptyState():
            return "empty"
        case UnreadableState(problem=problem):
            return f"unreadable: {problem}"
