"""Finding, breaking and holding locks: errors of `holdfast locks`."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.errors.model import ExitCode, HoldfastError


class StateUnknownError(HoldfastError):
    """No state and no lock of the fleet goes by that name.

    A state is named by its key, by `<bucket>/<key>` as engines print it, by the directory of its root, or by a
    pattern (`network/*`) that fits exactly one.
    """

    slug = "state-unknown"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, nearest: Sequence[str], *, unread: Sequence[str] = ()) -> None:
        super().__init__(
            f"no state and no lock is called `{name}`",
            facts=tuple(("not read", each) for each in unread),
            world="nothing was changed",
            hints=tuple(f"did you mean `{each}`?" for each in nearest)
            or ("`holdfast locks` lists every lock; a state is named by its key",),
        )


class StateAmbiguousError(HoldfastError):
    """The name fits several states, and one is needed.

    Give the whole key, or `<bucket>/<key>`, or narrow it with `--backend`.
    """

    slug = "state-ambiguous"
    exit_code = ExitCode.USAGE

    def __init__(self, name: str, candidates: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"`{name}` fits {len(candidates)} states",
            facts=candidates,
            world="nothing was changed",
            hints=("give one key, and `--backend NAME` when several backends have it",),
        )


class LockUnseenError(HoldfastError):
    """One of the stores in which the state is locked could not be read, so that no lock of it is removed.

    What nobody could read is not free: there may be a second lock, of another owner. A lock table that does not exist
    is a reason, too, when a root locks in it: its runs may use one of that name in another region or account.
    """

    slug = "lock-unseen"

    def __init__(
        self,
        key: str,
        facts: Sequence[tuple[str, str]],
        *,
        hints: Sequence[str] = (
            "grant what is missing, or repeat it as somebody who may read both stores",
        ),
    ) -> None:
        super().__init__(
            f"the locks on `{key}` are not all known",
            facts=facts,
            world="no lock was removed",
            hints=tuple(hints),
        )


class LockIdWrongError(HoldfastError):
    """The id that was given is not that of a lock on this state."""

    slug = "lock-id-wrong"
    exit_code = ExitCode.LOCKED

    def __init__(self, key: str, given: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"`{given}` is not the id of a lock on `{key}`",
            facts=facts,
            world="no lock was removed",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class LockIdMissingError(HoldfastError):
    """A lock is removed by its id alone, and there is no terminal to ask for it on.

    The id says that the lock was looked at. A lock without a readable id goes by a short hash of its bytes.
    """

    slug = "lock-id-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, key: str, command: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            f"the id of the lock on `{key}` must be given",
            facts=facts,
            world="no lock was removed",
            hints=(f"if you know that the run is dead: `{command}`",),
        )


class LockNotBrokenError(HoldfastError):
    """A lock that should be removed is still there, or nobody can say whether it is.

    What became of each lock is listed. Nothing is lost by running the command again.
    """

    slug = "lock-not-broken"
    exit_code = ExitCode.LOCKED

    def __init__(
        self, key: str, facts: Sequence[tuple[str, str]], *, removed: int, total: int
    ) -> None:
        super().__init__(
            f"{removed} of {total} locks on `{key}` {'was' if removed == 1 else 'were'} removed",
            facts=facts,
            world="the state was not touched; what is left refuses other runs",
            hints=(f"look again with `holdfast locks show {key}`",),
        )


class JournalNotWrittenError(HoldfastError):
    """The journal could not be written, so nothing was removed or migrated.

    The journal holds the full text of every lock that is removed, so that it can be put back by hand, and where local
    states went. It is
    `holdfast/journal.jsonl` below `$XDG_STATE_HOME` (`~/.local/state`), or the file of `--journal`.
    """

    slug = "journal-not-written"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"the journal `{path}` cannot be written: {problem}",
            world="nothing was removed or migrated",
            hints=("name another file with `--journal FILE`",),
        )


class HoldLeftError(HoldfastError):
    """Locks of a hold could not all be given back, or somebody else had removed them while they were held.

    Each is named. What is left refuses other runs until it is released by its id. Of what was lost, compare the
    latest versions of the state: another run may have written it.
    """

    slug = "hold-left"
    exit_code = ExitCode.LOCKED

    def __init__(
        self,
        identifier: str,
        *,
        left: Sequence[tuple[str, str]],
        count: int,
        total: int,
        remaining: bool,
        cause: str = "",
    ) -> None:
        because = f", after this: {cause}" if cause else ""
        missed = "not given back" if remaining else "lost while they were held"
        super().__init__(
            f"{count} of {total} locks {'was' if count == 1 else 'were'} {missed}{because}",
            facts=(("lock ID", identifier), *left),
            world="what is left refuses other runs" if remaining else "none of these is left",
            hints=(
                f"give back what is left: `holdfast locks release --id {identifier}`"
                if remaining
                else "compare the latest versions of these states before anything else is applied",
            ),
        )
        self.identifier = identifier


class HoldForeignError(HoldfastError):
    """No lock that may be released like this: they are locks of engines, or holds of somebody else.

    `locks release` gives back what `locks hold` took, and nothing else. Without `--id` it gives back the one hold of
    your own user and host.
    """

    slug = "hold-foreign"
    exit_code = ExitCode.LOCKED

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "none of these locks is released without its id, or it is no hold of that id",
            facts=facts,
            world="no lock was removed",
            hints=(
                "name the hold that is meant: `holdfast locks release --id ID`",
                "a lock of an engine whose run is dead: `holdfast locks break KEY`",
            ),
        )


class HoldMissingError(HoldfastError):
    """There is no hold to give back: none with that id, or none on these states."""

    slug = "hold-missing"
    exit_code = ExitCode.LOCKED

    def __init__(self, wanted: str, *, unread: Sequence[str] = ()) -> None:
        super().__init__(
            f"there is no hold {wanted}",
            facts=tuple(("not read", each) for each in unread),
            world="no lock was removed",
            hints=("`holdfast locks` lists every lock",),
        )
