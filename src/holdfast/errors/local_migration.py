"""Local states that go to a backend: errors."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError

NOTHING = "nothing was changed"
COPIED = (
    "what was there before is in the backend, and its code names that; the file has its name still"
)


class LocalMigrationRefusedError(HoldfastError):
    """Local states cannot be brought to a backend as they are, or it is not clear to which one.

    Where a state goes is what the code of its root says (`backend "s3"`, with its partial file), or else the component
    that `holdfast.yaml` has for the root. Everything that is in the way is listed at once, with its place, before anything
    is read from the cloud.
    """

    slug = "local-migration-refused"
    exit_code = ExitCode.USAGE

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "these local states cannot be migrated", facts=tuple(places), world=NOTHING
        )


class LocalStateUnreadError(HoldfastError):
    """A local state cannot be read, locked or renamed, or it is no state: bytes that no engine would take.

    An encrypted state is copied as it is. A damaged one has to be mended first: engines keep the state before the last
    write in `terraform.tfstate.backup`.
    """

    slug = "local-state-unread"

    def __init__(self, path: str, reason: str, *, copied: bool = False) -> None:
        super().__init__(
            f"the local state `{path}` cannot be used",
            facts=(("reason", reason),),
            world=COPIED if copied else NOTHING,
        )


class LocalStateLockedError(HoldfastError):
    """An engine works on the local state: it holds the lock of the file.

    Engines lock a local state as a file (`fcntl`), and note who they are beside it. The lock ends with its process; a
    note that was left behind locks nothing.
    """

    slug = "local-state-locked"
    exit_code = ExitCode.LOCKED

    def __init__(self, path: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the local state `{path}` is locked",
            facts=tuple(facts),
            world=NOTHING,
            hints=("wait for that run to end",),
        )


class LocalStateChangedError(HoldfastError):
    """A local state is not what was shown any more: somebody wrote it after the plan was made.

    Or there is one more: a workspace that was made since, which would be left behind.
    """

    slug = "local-state-changed"
    exit_code = ExitCode.LOCKED

    def __init__(self, path: str, *, copied: bool = False, world: str = NOTHING) -> None:
        super().__init__(
            f"the local state `{path}` was changed after the plan was made",
            world=COPIED if copied else world,
            hints=("look at the plan again: run the same command",),
        )
