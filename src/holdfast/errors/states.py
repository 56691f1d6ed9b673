"""States: errors of reading, restoring and writing them."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError

NOTHING = "nothing was changed"


class VersionMissingError(HoldfastError):
    """There is no such version of the state: its identifier, serial or time fits none that is kept.

    Versions are kept from the day on which versioning was switched on; lifecycle rules remove old ones.
    """

    slug = "version-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, key: str, wanted: str, *, known: Sequence[str]) -> None:
        super().__init__(
            f"`{key}` has no version {wanted}",
            facts=tuple(("there is", each) for each in known),
            world=NOTHING,
            hints=(f"`holdfast states versions {key}` lists them all",),
        )


class VersioningOffError(HoldfastError):
    """The bucket keeps no versions, so that there is nothing to go back to.

    What was overwritten without versioning is gone. `holdfast plan` shows how to switch it on.
    """

    slug = "versioning-off"

    def __init__(self, key: str, bucket: str) -> None:
        super().__init__(
            f"bucket `{bucket}` keeps no older version of `{key}`",
            world=NOTHING,
            hints=("`holdfast plan` shows how to switch versioning on",),
        )


class StateUnreadError(HoldfastError):
    """A state, its versions or its digest could not be read, so nothing can be decided about it."""

    slug = "state-unread"

    def __init__(self, key: str, *, what: str, reason: str) -> None:
        super().__init__(
            f"the {what} of `{key}` cannot be read", facts=(("reason", reason),), world=NOTHING
        )


class StateChangedError(HoldfastError):
    """Somebody wrote or removed the state although its lock was held: they do not lock, or lock elsewhere.

    Nothing of theirs was overwritten: every write is conditional on what was read. Look for a root that locks with
    another table, or not at all: `holdfast audit`.
    """

    slug = "state-changed"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, world: str = NOTHING) -> None:
        super().__init__(
            f"`{key}` was changed by somebody else",
            world=world,
            hints=("`holdfast audit` shows who does not lock it", "look at it, and run it again"),
        )


class StateNotWrittenError(HoldfastError):
    """The state could not be written; it is as it was."""

    slug = "state-not-written"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(
            f"`{key}` cannot be written",
            facts=(("reason", reason),),
            world="the state is as it was",
        )


class StateNotVerifiedError(HoldfastError):
    """The state was written, and reading it back shows other bytes, or could not be done.

    The version before it is kept by the bucket. The digest was not touched.
    """

    slug = "state-not-verified"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(
            f"`{key}` was written, and what is there now is not known to be right",
            facts=(("reason", reason),),
            world="the state was written; its digest was not",
            hints=(f"`holdfast states versions {key}` shows what is there",),
        )


class DigestNotWrittenError(HoldfastError):
    """The state was written, and its digest in the lock table was not: engines with that table refuse the state."""

    slug = "digest-not-written"

    def __init__(self, key: str, *, table: str, reason: str) -> None:
        super().__init__(
            f"the digest of `{key}` in table `{table}` cannot be written",
            facts=(("reason", reason),),
            world="the state was written; engines that use the table refuse it until its digest fits",
            hints=(f"`holdfast states check {key} --repair` writes it",),
        )


class SerialNotRaisedError(HoldfastError):
    """The serial of the older state could not be raised, because its bytes are not as engines write them."""

    slug = "serial-not-raised"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the serial of the older version of `{key}` cannot be raised",
            world=NOTHING,
            hints=("get it with the aws CLI, and push it with `terraform state push`",),
        )
