"""Migrating from one way of locking to another: errors."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class LockingDigestUnfitError(HoldfastError):
    """The digest of a state in the lock table is not that of its bytes, so its root does not leave the table.

    While everybody writes digests, one that does not fit says that a write was lost, or made by somebody without the table.
    Removing it with the migration would hide that. `holdfast states check` shows what the digest names, and `--repair`
    mends it.
    """

    slug = "locking-digest-unfit"

    def __init__(self, key: str, *, table: str, stored: str, actual: str) -> None:
        super().__init__(
            f"the digest of `{key}` is not that of its bytes",
            facts=(("table", table), ("digest", stored), ("of the bytes", actual)),
            world="nothing was changed at this root, and its locks are given back",
            hints=("look at it, and repair it: `holdfast states check --repair`",),
        )


class LockingPlanStaleError(HoldfastError):
    """The plan of a stage does not fit the code or the backends any more, so nothing was done.

    A file that an earlier run of the same plan has changed fits. Make a new plan with `holdfast migrate locking`.
    """

    slug = "locking-plan-stale"

    def __init__(self, differences: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "the plan does not fit any more",
            facts=differences,
            world="nothing was changed",
            hints=("make a new plan: `holdfast migrate locking`",),
        )


class LockingChecksError(HoldfastError):
    """Something speaks against the next stage, or could not be found out, so nothing was changed.

    What is refused has to be put right. What is unknown can be accepted by name with `--accept NAME`, by somebody who knows
    what nobody could read.
    """

    slug = "locking-checks"
    exit_code = ExitCode.FINDINGS

    def __init__(self, checks: Sequence[tuple[str, str]], *, acceptable: Sequence[str]) -> None:
        names = " ".join(f"--accept {name}" for name in acceptable)
        super().__init__(
            "the next stage is not safe yet"
            if not acceptable
            else "the next stage may not be safe",
            facts=checks,
            world="nothing was changed",
            hints=(f"whoever knows better accepts it: `{names}`",) if acceptable else (),
        )


class LockingStatesChangedError(HoldfastError):
    """A workspace was made or removed after the plan was shown, so its root was left as it is.

    The digest of a workspace that nobody looked at would stay in the table, and be refused to whoever comes back to it.
    """

    slug = "locking-states-changed"

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(
            "the workspaces of a root are others than when the plan was made",
            facts=[("came or went", key) for key in keys],
            world="nothing was changed at this root, and its locks are given back",
            hints=("run the same command again",),
        )
