"""Moving states and forgetting the old ones: errors."""

from __future__ import annotations

import difflib
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


class WorkspacesChangedError(HoldfastError):
    """The workspaces of a state that is moved are not those of the plan any more: one was made or removed meanwhile.

    A new workspace has a lock of its own, so the locks of a move do not keep it from being made. The code is not switched
    while one would be left behind at the old place. Running the same command again moves all that are there then.
    """

    slug = "workspaces-changed"
    exit_code = ExitCode.LOCKED

    def __init__(self, keys: Sequence[str], *, world: str) -> None:
        super().__init__(
            "the workspaces of the state changed while it was moved",
            facts=[("made or removed", each) for each in keys],
            world=world,
            hints=("look at the plan again: run the same command",),
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


class MovePatternInvalidError(HoldfastError):
    """FROM and TO of `states move --all` are not a pair of patterns.

    With fields, as names are declared: `{component}/{environment}/terraform.tfstate` to `{environment}/{component}.tfstate`;
    a field never goes over a `/`, and every field of TO has to be one of FROM. Or with stars, `old/*` to `new/*`: a star is
    any text, and TO has as many of them as FROM. Both are patterns for a key, or for `<bucket>/<key>`.
    """

    slug = "move-pattern-invalid"
    exit_code = ExitCode.USAGE

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__(
            "FROM and TO are not a pair of patterns",
            facts=[("mistake", each) for each in mistakes],
            world=NOTHING,
            hints=("`holdfast explain move-pattern-invalid`",),
        )


class MovePatternUnmatchedError(HoldfastError):
    """No state has a key that fits FROM of `states move --all`, or all that do are where TO says."""

    slug = "move-pattern-unmatched"
    exit_code = ExitCode.USAGE

    def __init__(self, pattern: str, paths: Sequence[str]) -> None:
        near = difflib.get_close_matches(pattern, paths, n=3, cutoff=0.4)
        super().__init__(
            f"no state is to be moved by `{pattern}`",
            facts=[("state", each) for each in near],
            world=NOTHING,
            hints=("`holdfast states` lists those that there are",),
        )


class MovesRefusedError(HoldfastError):
    """Some of many moves cannot be done, so none was begun.

    Every mistake is listed with its state, or with the place in the code: a new place that is not empty, that two states
    would be moved to, or that no state can have; code that cannot be edited; a root whose key cannot be read.
    """

    slug = "moves-refused"

    def __init__(self, mistakes: Sequence[tuple[str, str]], *, moves: int) -> None:
        noun = "move" if moves == 1 else "moves"
        super().__init__(
            f"{moves} {noun} cannot be begun",
            facts=mistakes,
            world=NOTHING,
            hints=("mend what is listed, and run the same command again",),
        )


class StatesUnlistedError(HoldfastError):
    """The states of a bucket could not be listed, so nobody knows what is to be moved.

    `s3:ListBucket` on the bucket is needed.
    """

    slug = "states-unlisted"

    def __init__(self, bucket: str, *, reason: str) -> None:
        super().__init__(
            f"the states of `{bucket}` cannot be listed", facts=(("reason", reason),), world=NOTHING
        )


class BackendUnknownError(HoldfastError):
    """No backend of the fleet has this name or bucket, or several have the bucket.

    A backend is one that a root names, or one of `holdfast.yaml`. A bucket that no code names yet, or none any more, has to
    be declared there.
    """

    slug = "backend-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no one backend called `{name}`",
            facts=(("backends", ", ".join(known) or "none"),),
            world="nothing was read from the cloud",
            hints=("declare it in `holdfast.yaml`: `holdfast explain backend-unknown`",),
        )


class BackendAbsentError(HoldfastError):
    """The backend that states are to be moved to is not there yet.

    `holdfast plan` and `holdfast apply` make its bucket and its table, or `holdfast generate setup` the module for them.
    """

    slug = "backend-absent"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"nothing can be moved to `{name}`",
            facts=(("reason", reason),),
            world=NOTHING,
            hints=(f"make it first: `holdfast plan --backend {name}`",),
        )
