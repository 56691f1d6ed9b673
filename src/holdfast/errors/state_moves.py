"""Moving states and forgetting the old ones: errors."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError

NOTHING = "nothing was changed"


class MoveTargetInvalidError(HoldfastError):
    """The place that a state is to be moved to is none: a key that no state can have, or the place where it is.

    TO is a key in the same backend, or `<bucket>/<key>` of another backend of the fleet. A bucket that no root names has
    to be declared in `holdfast.yaml` first. A state of a workspace moves with its root, and not alone.
    """

    slug = "move-target-invalid"
    exit_code = ExitCode.USAGE

    def __init__(self, target: str, reason: str, *, hint: str = "") -> None:
        super().__init__(
            f"nothing can be moved to `{target}`: {reason}",
            world=NOTHING,
            hints=(hint,) if hint else (),
        )


class MoveSourceEmptyError(HoldfastError):
    """There is no state to move: neither at the key nor in a workspace of it."""

    slug = "move-source-empty"
    exit_code = ExitCode.USAGE

    def __init__(self, key: str) -> None:
        super().__init__(
            f"there is no state at `{key}`",
            world=NOTHING,
            hints=("`holdfast states` lists those that there are",),
        )


class TargetNotEmptyError(HoldfastError):
    """There is something else already where a state is to be moved to. It is never overwritten.

    An earlier run of the same move leaves the same bytes there, and is gone on with. Everything else is somebody's: the
    state of another root, an older copy of this one, or what was left behind by `terraform init -migrate-state`. Look at
    it, and remove it yourself when it is nobody's.
    """

    slug = "target-not-empty"

    def __init__(self, target: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"`{target}` is not empty",
            facts=facts,
            world=NOTHING,
            hints=("choose another key", "compare the two: `holdfast states diff FROM TO`"),
        )


class StateTooLargeError(HoldfastError):
    """The state is larger than 5 GB, which S3 does not take in one request; such a state is not moved.

    Copy it with `aws s3 cp` while `holdfast locks hold` keeps both keys locked.
    """

    slug = "state-too-large"

    def __init__(self, key: str, size_bytes: int) -> None:
        super().__init__(
            f"`{key}` is too large to be moved",
            facts=(("size", f"{size_bytes:,} bytes"),),
            world=NOTHING,
        )


class MoveCodeRefusedError(HoldfastError):
    """Code that names the old place cannot be edited safely, so nothing was moved.

    Every place is listed with its file and line. Edit it by hand to what it has to be, and run the command again: a root
    that names the new place already is left as it is.
    """

    slug = "move-code-refused"

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "the code that names the old place cannot be edited",
            facts=places,
            world=NOTHING,
            hints=("edit it by hand, and run the same command again",),
        )


class MoveCodeChangedError(HoldfastError):
    """A file of code was changed after the plan was shown, so it was not written.

    The states are copied and verified. The code still names the old place, whose lock is given back.
    """

    slug = "move-code-changed"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"`{path}` was changed after the plan was made",
            world="the states were copied; no code was changed, and the old place is not locked",
            hints=("run the same command again",),
        )


class MoveCodeUnwrittenError(HoldfastError):
    """A file of code could not be written: the states are at the new place, and some code names the old one.

    The old place stays locked once the first file is put in place, so that nobody works on two copies.
    """

    slug = "move-code-unwritten"

    def __init__(self, path: str, reason: str, *, started: bool) -> None:
        locked = "stays locked" if started else "is not locked"
        super().__init__(
            f"`{path}` cannot be written",
            facts=(("reason", reason),),
            world=f"the states were copied; this file names the old place, which {locked}",
            hints=("run the same command again",),
        )


class StateNotMovedError(HoldfastError):
    """Only what was moved can be forgotten: there is no lock `moved to ...` at this state."""

    slug = "state-not-moved"
    exit_code = ExitCode.USAGE

    def __init__(self, key: str, *, reason: str) -> None:
        super().__init__(f"`{key}` cannot be forgotten", facts=(("reason", reason),), world=NOTHING)


class MoveNotSettledError(HoldfastError):
    """A state was moved, and nobody has written it at its new place since: nothing shows that it is in use there.

    An apply there raises the serial. `--now` forgets the old state without waiting for one.
    """

    slug = "move-not-settled"

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "what was moved has not been written at its new place yet",
            facts=facts,
            world=NOTHING,
            hints=("apply there first", "or add `--now`, if the new place is known to be right"),
        )


class StateNotForgottenError(HoldfastError):
    """Something of the old state could not be removed; its lock is still there, and running it again goes on."""

    slug = "state-not-forgotten"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(
            f"`{key}` was not removed completely",
            facts=(("reason", reason),),
            world="what was moved is untouched at its new place; the old one is still locked",
            hints=("run the same command again",),
        )
