"""Write a declaration whole or not at all, and never over one that is there unless told to."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from holdfast.app.generated_files import file_mode, kept_copy, write_new_file
from holdfast.app.temporary_files import temporary_beside, writing_below
from holdfast.errors import DeclarationExistsError, FileNotWrittenError


def write_declaration(path: Path, text: str, *, force: bool = False) -> Path | None:
    """Write the text to `path`; with `force`, keep a copy of the file that is there and return its place.

    The text is written beside its name first, so that a killed run leaves the old file, the new one, or none.
    Raises `DeclarationExistsError` and `FileNotWrittenError`.
    """
    target = path.resolve() if path.is_symlink() else path
    copy: Path | None = None
    temporary = temporary_beside(target)
    try:
        with writing_below(target.parent, [target]):
            try:
                write_new_file(temporary, text.encode(), mode=file_mode(target))
                if force and target.exists():
                    copy = kept_copy(target)
                    temporary.replace(target)
                else:
                    # Unlike a rename, a link takes no name that somebody else has taken meanwhile.
                    os.link(temporary, target)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
    except FileExistsError as error:
        raise DeclarationExistsError(str(path)) from error
    except OSError as error:
        raise FileNotWrittenError(str(path), error.strerror or str(error)) from error
    return copy
