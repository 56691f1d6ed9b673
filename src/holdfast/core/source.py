"""Places in files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SourceSpan:
    """Name a place in a file: POSIX path relative to the scanned directory, 1-based line and column.

    `line` 0 means the file or directory as a whole.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give `path:line`, or the path alone when no line is meant."""
        return f"{self.path}:{self.line}" if self.line else self.path
