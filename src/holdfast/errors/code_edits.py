"""Editing backend code in place: errors."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import HoldfastError


class CodeRefusedError(HoldfastError):
    """Code that has to change cannot be edited safely, so nothing was changed.

    Every place is listed with its file and line. Edit it by hand to what it has to be, and run the command again: a root
    that says so already is left as it is.
    """

    slug = "code-refused"

    def __init__(self, what: str, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"{what} cannot be edited",
            facts=places,
            world="nothing was changed",
            hints=("edit it by hand, and run the same command again",),
        )


class CodeChangedError(HoldfastError):
    """A file of code was changed after the plan was shown, so it was not written.

    No code was changed at all. What was done before is said in the message.
    """

    slug = "code-changed"

    def __init__(self, path: str, *, world: str) -> None:
        super().__init__(
            f"`{path}` was changed after the plan was made",
            world=f"no code was changed; {world}",
            hints=("run the same command again",),
        )


class CodeUnwrittenError(HoldfastError):
    """A file of code could not be written: permissions, a full disk, or a directory that is gone.

    Each file is as it was or as it is to be. What is locked by now is said in the message.
    """

    slug = "code-unwritten"

    def __init__(self, path: str, reason: str, *, world: str) -> None:
        super().__init__(
            f"`{path}` cannot be written",
            facts=(("reason", reason),),
            world=world,
            hints=("run the same command again",),
        )
