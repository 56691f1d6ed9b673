"""Taking, keeping and giving back one lock: errors of the lock protocol."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class LockHeldError(HoldfastError):
    """Somebody holds the lock of the state, so it was not taken.

    The lock is shown as it is stored. Its age proves nothing: an apply may run for hours, and an engine
    that was killed leaves its lock for ever. Ask whoever holds it before it is removed. A lock that `locks hold` took
    is given back by `locks release` with its id.
    """

    slug = "lock-held"
    exit_code = ExitCode.LOCKED

    def __init__(
        self,
        key: str,
        *,
        identifier: str,
        who: str,
        facts: Sequence[tuple[str, str]],
        is_hold: bool = False,
    ) -> None:
        holder = f" by {who}" if who else ""
        asked = f", or ask {who}" if who else ""
        hints = (
            (
                f"wait until it is released{asked}",
                f"if it may be given back: `holdfast locks release --id {identifier}`",
            )
            if is_hold
            else (
                f"wait for that run to end{asked}",
                f"if you know that the run is dead, `holdfast locks break {key}`",
            )
        )
        super().__init__(
            f"`{key}` is locked{holder}",
            facts=facts,
            world="nothing was changed",
            hints=hints,
        )
        self.identifier = identifier
        self.who = who


class LockChangedError(HoldfastError):
    """The lock is not the one that was shown, so it was not removed.

    Between the look and the removal somebody released it, and perhaps somebody else took it.
    """

    slug = "lock-changed"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, shown: str, now: str) -> None:
        super().__init__(
            f"the lock on `{key}` is not the one you were shown",
            facts=(("shown", shown), ("now", now)),
            world="no lock was removed",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class LockLostError(HoldfastError):
    """A lock was not there any more while it was believed to be held.

    Somebody removed it, by hand or with `force-unlock`. Another run may have written the state since: compare
    its serial and its latest versions with what this run wrote.
    """

    slug = "lock-lost"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the lock on `{key}` was lost while it was held",
            facts=(("lock ID", identifier), *facts),
            world="no lock of anybody else was removed; two runs may have written the state",
            hints=("compare the latest versions of the state before anything else is applied",),
        )
        self.identifier = identifier


class HalfLockError(HoldfastError):
    """Of a lock in two stores, one is left, or may be, and the other is not there.

    It happens when taking the second one fails and giving back the first one fails too, or when only one
    could be released. Whoever uses that store is refused until it is removed.
    """

    slug = "half-lock"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]], cause: str
    ) -> None:
        super().__init__(
            f"half a lock is left on `{key}`: {cause}",
            facts=(("lock ID", identifier), *facts),
            world="the state was not touched; what is left refuses other runs",
            hints=(f"remove what is left: `holdfast locks break {key} --lock-id {identifier}`",),
        )
        self.identifier = identifier


class LockNotReleasedError(HoldfastError):
    """A lock that was held could not be given back, or nobody can say whether it was.

    It refuses other runs until it is removed. Nothing else went wrong because of it.
    """

    slug = "lock-not-released"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the lock on `{key}` was not released",
            facts=(("lock ID", identifier), *facts),
            world="what is left refuses other runs",
            hints=(f"remove it: `holdfast locks break {key} --lock-id {identifier}`",),
        )
        self.identifier = identifier


class LockUnclearError(HoldfastError):
    """Nobody can say whether a lock was taken: every answer to the request was lost.

    A request that is late may still arrive, even when the lock was looked for and was not there. The lock then
    stands under the id that is named, and nobody holds it.
    """

    slug = "lock-unclear"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, *, identifier: str, facts: Sequence[tuple[str, str]], seen: bool
    ) -> None:
        looked = "was looked for and was not there" if seen else "could not be looked for"
        super().__init__(
            f"it is not known whether `{key}` is locked: no answer to the request was clear",
            facts=(("lock ID", identifier), *facts),
            world=f"the state was not touched; the lock {looked}",
            hints=(f"look again in a minute with `holdfast locks show {key}`",),
        )
        self.identifier = identifier


class LockImpossibleError(HoldfastError):
    """The store cannot hold a lock for anybody: it is missing, has another key, or has no conditional writes."""

    slug = "lock-impossible"

    def __init__(self, key: str, *, place: str, cause: str, detail: str) -> None:
        super().__init__(
            f"`{key}` cannot be locked in {place}: {cause}",
            facts=(("it says", detail),),
            world="nothing was changed",
            hints=("see what is wrong with the backend: `holdfast audit`",),
        )


class ConditionsIgnoredError(HoldfastError):
    """The store accepts the condition of a request and does not keep it, so that a lock excludes nobody.

    Terraform and OpenTofu notice nothing on such a store: two runs can write one state. Some servers of the
    S3 protocol behave like this, a few of them only in versioned buckets.
    """

    slug = "conditions-ignored"

    def __init__(self, key: str, *, place: str, condition: str) -> None:
        super().__init__(
            f"a lock on `{key}` would exclude nobody: {place} ignores conditions",
            facts=(("ignored", condition),),
            world="the lock was given back; the state was not touched",
            hints=("see it shown in full: `holdfast prove`",),
        )


class CustomerKeyError(HoldfastError):
    """The state is encrypted with a key of your own (SSE-C), and that key is not usable here.

    The lock file is encrypted with the same key as the state. The key is read from the environment variable
    that the engines read, `AWS_SSE_CUSTOMER_KEY`: 32 bytes as base64, 44 characters. It is never shown.
    """

    slug = "customer-key"
    exit_code = ExitCode.USAGE

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(
            f"the key that encrypts {subject} {problem}",
            world="nothing was changed",
            hints=("set AWS_SSE_CUSTOMER_KEY as for terraform, then repeat the command",),
        )


class LockTooLargeError(HoldfastError):
    """What lies under the name of a lock is too large to be one, and is left alone.

    A lock has some 250 bytes. Look at the object yourself before it is deleted by hand: it may be something else.
    """

    slug = "lock-too-large"

    def __init__(self, key: str, address: str) -> None:
        super().__init__(
            f"what lies under the name of the lock on `{key}` is too large to be a lock",
            facts=(("it is", address),),
            world="no lock was removed",
            hints=(
                "look at it with `aws s3api head-object`, and delete it by hand if it is nothing",
            ),
        )


class WorkLocksLeftError(HoldfastError):
    """A move or a migration failed, and locks that it had taken could not be given back.

    They refuse everybody at these states. The same work goes on with its own locks when it is run again by the same user
    on the same machine; `holdfast locks break` removes them.
    """

    slug = "work-locks-left"
    exit_code = ExitCode.LOCKED

    def __init__(self, left: Sequence[tuple[str, str]], *, cause: str) -> None:
        super().__init__(
            "locks that were taken could not be given back"
            + (f", after this: {cause}" if cause else ""),
            facts=left,
            world="what is left refuses other runs",
            hints=("run the same command again", "or break them: `holdfast locks break KEY`"),
        )
