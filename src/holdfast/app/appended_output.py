"""Append to a file that a CI system reads."""

from __future__ import annotations

import os
from pathlib import Path

from holdfast.errors import FileNotWrittenError


def append_text(path: Path, text: str) -> None:
    """Append a text with one write, after a line end where one is missing; raise `FileNotWrittenError`."""
    try:
        with path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            unended = size > 0 and file.read(1) != b"\n"
            file.write(("\n" if unended else "").encode() + text.encode())
    except OSError as error:
        raise FileNotWrittenError(str(path), error.strerror or str(error)) from error
