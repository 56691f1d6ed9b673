"""Mistakes of a declaration: where, and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the file: 1-based line and column."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. Mistakes are ordered as a reader of the file meets them."""

    position: Position
    words: str
