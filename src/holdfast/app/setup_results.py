"""What becomes of a backend whose setup is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.generated import GeneratedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSetup:
    """The files of one backend's setup. `pattern` is the module that it follows; `remarks` are for a person."""

    backend: str
    directory: str
    files: tuple[GeneratedFile, ...]
    pattern: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftSetup:
    """A backend whose module is left as it is, and why in words.

    `unknown` when that is so because a fact could not be read.
    """

    backend: str
    words: str
    unknown: bool = False
