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
