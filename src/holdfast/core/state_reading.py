"""Read a state as its bytes come in: its head, its size and its MD5, in memory that does not grow with it. Pure.

No value of a resource is kept, not even for a moment longer than its piece of the bytes. The parser is ijson.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TypeAlias, TypeGuard

import ijson

from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    ReadState,
    StateContent,
    StateHead,
    UnreadableState,
)

Scalar: TypeAlias = str | int | float | Decimal | bool | None

TOP = 1  # depth inside of the document's braces
HEAD_NAMES = frozenset({"version", "terraform_version", "serial", "lineage", "encryption_version"})
STATE_HEAD_NAMES = frozenset({"version", "terraform_version", "serial", "lineage"})
RESOURCES = "resources"
# A number beyond all bounds is no JSON to ijson in ways of its own.
PARSER_ERRORS = (ijson.JSONError, ArithmeticError, SystemError, ValueError)
OPENING = frozenset({"start_map", "start_array"})
CLOSING = frozenset({"end_map", "end_array"})
SERIAL_MAX = 2**64 - 1  # the engines' uint64


class StateReader:
    """Takes the bytes of one state piece by piece."""

    def __init__(self) -> None:
        self._events = ijson.sendable_list()
        self._parser = ijson.basic_parse_coro(self._events)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._size_bytes = 0
        self._problem = ""
        self._depth = 0
        self._name = ""  # of the member of the document that is being read
        self._is_document = False
        self._head: dict[str, Scalar] = {}
        self._resource_count = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if not piece:
            return
        self._md5.update(piece)
        self._size_bytes += len(piece)
        self._parse(piece)

    @property
    def has_head(self) -> bool:
        """Tell whether nothing that follows can change what is said of the head."""
        seen = self._head.keys()
        return bool(self._problem) or "encryption_version" in seen or seen >= STATE_HEAD_NAMES

    def finish(self, *, size_bytes: int | None = None) -> ReadState:
        """Return what was read; `size_bytes` is the object's when it was cut off before its end."""
        cut_off = size_bytes is not None and size_bytes != self._size_bytes
        if not cut_off and self._size_bytes and not self._problem:
            self._parse(b"")
        return ReadState(
            content=self._content(cut_off=cut_off),
            size_bytes=self._size_bytes if size_bytes is None else size_bytes,
            md5=None if cut_off else self._md5.hexdigest(),
        )

    def _parse(self, piece: bytes) -> None:
        if self._problem:
            return
        try:
            if piece:
                self._parser.send(piece)
            else:
                self._parser.close()
        except PARSER_ERRORS:
            # What ijson says quotes the text, which may be a secret.
            self._problem = "it is not JSON" if not self._head else "its JSON is damaged"
        for event, value in self._events:
            self._take(event, value)
        self._events.clear()

    def _take(self, event: str, value: Scalar) -> None:
        if event in OPENING:
            if not self._depth:
                self._is_document = event == "start_map"
            if self._depth == TOP + 1 and self._name == RESOURCES and event == "start_map":
                self._resource_count += 1
            self._depth += 1
        elif event in CLOSING:
            self._depth -= 1
        elif event == "map_key":
            if self._depth == TOP and isinstance(value, str):
                self._name = value
        elif self._depth == TOP and self._name in HEAD_NAMES:
            self._head[self._name] = value

    def _content(self, *, cut_off: bool) -> StateContent:
        if not self._size_bytes:
            return EmptyState()
        encryption = self._head.get("encryption_version")
        serial, lineage = self._head.get("serial"), self._head.get("lineage", "")
        if isinstance(encryption, str) and encryption and not self._problem:
            return EncryptedState(
                encryption_version=encryption,
                serial=serial if _is_serial(serial) else None,
                lineage=lineage if isinstance(lineage, str) else "",
            )
        problem = self._problem or self._head_problem()
        if problem:
            return UnreadableState(problem=problem)
        version, engine = self._head.get("version"), self._head.get("terraform_version", "")
        return StateHead(
            format_version=version if _is_integer(version) else 0,
            engine_version=engine if isinstance(engine, str) else "",
            serial=serial if _is_serial(serial) else 0,
            lineage=lineage if isinstance(lineage, str) else "",
            resource_count=None if cut_off else self._resource_count,
        )

    def _head_problem(self) -> str:
        if not self._is_document:
            return "it is JSON, and no object"
        if not _is_integer(self._head.get("version")):
            return "it has no format version"
        if not _is_serial(self._head.get("serial")):
            return "it has no serial"
        return ""


def _is_integer(value: Scalar) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_serial(value: Scalar) -> TypeGuard[int]:
    return _is_integer(value) and 0 <= value <= SERIAL_MAX
