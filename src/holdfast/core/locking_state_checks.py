"""Checks over the writers of a backend's states, as versions, digests and locks show them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from holdfast.core.backends import Backend, Locking
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_file_history import Write
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_marks import holder_words
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence
from holdfast.core.locks import LockKind

WRITER_WITHOUT_LOCKFILE = "writer-without-lockfile"
WRITER_UNKNOWN = "writer-unknown"
STATE_NOT_SEEN = "state-not-seen"
STATE_NOT_WRITTEN = "state-not-written"
LOCK_WITHOUT_LOCKFILE = "lock-without-lockfile"
LOCK_WITHOUT_ITEM = "lock-without-item"
EVIDENCE_UNREADABLE = "evidence-unreadable"
HINT_READ = "Look as somebody who has the permissions that are named, or get them."


def writer_checks(evidence: FleetEvidence, backend: Backend) -> tuple[Check, ...]:
    """Return whether every writer of the backend's states was seen to take a lock file."""
    states = evidence.states_of(backend.name)
    since = evidence.since
    judged = [each for each in states if not _gets_its_first_lock(each, backend)]
    return (
        _without_lock_file(judged, since),
        _untold(judged, since),
        _not_seen(judged, since),
        lone_item_check(states),
    )


def _gets_its_first_lock(state: StateEvidence, backend: Backend) -> bool:
    """Tell whether the stage itself gives a root of the state its first lock: before it, none can be seen with one.

    A root without any lock excludes nobody, and with the lock file it excludes whoever has it. Where the backend has a
    table, such a root takes both first.
    """
    uses = backend.uses_of(state.key)
    return not backend.tables and any(use.locking is Locking.NONE for use in uses)


def _without_lock_file(states: Sequence[StateEvidence], since: datetime | None) -> Check:
    found = [(each, write) for each in states if (write := each.unlocked) is not None]
    if not found and (unread := _without_history(states)):
        return Check(
            slug=WRITER_WITHOUT_LOCKFILE,
            outcome=CheckOutcome.UNKNOWN,
            words=f"who wrote {counted(len(unread), 'state')} could not be read",
            evidence=unread,
            hint=HINT_READ,
        )
    return judged_check(
        WRITER_WITHOUT_LOCKFILE,
        [_written(state, write) for state, write in found],
        bad=CheckOutcome.REFUSED,
        words=f"{counted(len(found), 'state')} written without a lock file{after_text(since)}",
        passed=f"no state was seen to be written without a lock file{after_text(since)}",
        hint="Find who wrote them and give that client the lock file too; `--since TIME` judges from the moment on when every root had it.",
    )


def _untold(states: Sequence[StateEvidence], since: datetime | None) -> Check:
    written = [(each, write) for each in states if (write := _untold_of(each)) is not None]
    found = [*(_written(state, write) for state, write in written), *_without_history(states)]
    return judged_check(
        WRITER_UNKNOWN,
        found,
        bad=CheckOutcome.UNKNOWN,
        words=f"whether {counted(len(found), 'state')} written{after_text(since)} had a lock file"
        " cannot be told",
        passed=f"of every write{after_text(since)} it can be told",
        hint="Bucket versioning has to be on, and the lifecycle has to keep old lock files until the gate is passed.",
    )


def _without_history(states: Sequence[StateEvidence]) -> tuple[Evidence, ...]:
    """Return the states whose versions could not be read: nobody knows who wrote them."""
    return tuple(
        Evidence(label="state", text=f"{state_name(each)}: versions: {each.history}")
        for each in states
        if isinstance(each.history, Withheld)
    )


def _untold_of(state: StateEvidence) -> Write | None:
    return None if isinstance(state.history, Withheld) else state.history.value.untold


def _not_seen(states: Sequence[StateEvidence], since: datetime | None) -> Check:
    found = [each for each in states if each.is_there and not _lock_file_seen(each, since)]
    return judged_check(
        STATE_NOT_SEEN,
        [Evidence(label="state", text=_unseen_text(each)) for each in found],
        bad=CheckOutcome.UNKNOWN,
        words=f"no run with a lock file was seen of {counted(len(found), 'state')}{after_text(since)}",
        passed=f"a run with a lock file was seen of every state that is locked{after_text(since)}",
        hint="Run `plan` once wherever these states are used, pipelines above all: it takes the lock file.",
    )


def _lock_file_seen(state: StateEvidence, since: datetime | None) -> bool:
    """Tell whether an engine surely took the lock file; a lock of this program shows no client that takes it."""
    if isinstance(state.history, Withheld) or isinstance(state.engine_lock_file, Withheld):
        return False
    last = state.engine_lock_file.value
    return last is not None and (since is None or last >= since.replace(microsecond=0))


def _unseen_text(state: StateEvidence) -> str:
    text = f"{state_name(state)}: {_users(state)}"
    if isinstance(state.history, Known) and isinstance(state.engine_lock_file, Withheld):
        return f"{text}; whose its lock file was: {state.engine_lock_file}"
    return text


def lone_item_check(states: Sequence[StateEvidence]) -> Check:
    """Return whether somebody holds a lock in a table and no lock file: a writer with the table alone, right now."""
    found = [each for each in states if each.has_lone(LockKind.ITEM)]
    return judged_check(
        LOCK_WITHOUT_LOCKFILE,
        [line for each in found for line in _holders(each, LockKind.ITEM)],
        bad=CheckOutcome.REFUSED,
        words=f"{counted(len(found), 'state')} locked in the table and not by a lock file at this moment",
        passed="no lock in a table is without its lock file",
        hint="Let that run end, or remove a lock that nobody holds any more: `holdfast locks`.",
    )


def lone_object_check(states: Sequence[StateEvidence]) -> Check:
    """Return whether somebody holds a lock file and no lock in a table."""
    found = [each for each in states if each.has_lone(LockKind.OBJECT)]
    return judged_check(
        LOCK_WITHOUT_ITEM,
        [line for each in found for line in _holders(each, LockKind.OBJECT)],
        bad=CheckOutcome.REFUSED,
        words=f"{counted(len(found), 'state')} locked by a lock file and not in the table at this moment",
        passed="no lock file is without its lock in the table",
        hint="Let that run end, or remove a lock that nobody holds any more: `holdfast locks`.",
    )


def written_since(state: StateEvidence, since: datetime | None) -> bool:
    """Tell whether a state was surely written after a moment."""
    write = state.last_write
    return write is not None and since is not None and write.moment > since


def unread_check(evidence: FleetEvidence, backend: str) -> Check:
    """Return whether everything could be read that the other checks rest on."""
    found = [
        Evidence(label="store", text=f"{printable(place)}: {reason}")
        for place, reason in evidence.unread_of(backend).items()
    ]
    for state in evidence.states_of(backend):
        found += [Evidence(label="state", text=text) for text in _unread_of(state)]
    return judged_check(
        EVIDENCE_UNREADABLE,
        found,
        bad=CheckOutcome.UNKNOWN,
        words="not everything could be read that tells of the writers",
        passed="versions, digests and locks could be read",
        hint=HINT_READ,
    )


def _unread_of(state: StateEvidence) -> Iterator[str]:
    if isinstance(state.history, Withheld):
        yield f"{state_name(state)}: versions: {state.history}"
    for digest in state.digests:
        if digest.verdict is DigestVerdict.UNKNOWN:
            yield f"{state_name(state)}: its digest in table `{printable(digest.table)}` was not compared"
    for side in state.locks.unknown if state.locks is not None else ():
        yield f"{state_name(state)}: {side.kind.words} in {side.place}: {side.seen}"


# Words ------------------------------------------------------------------------------------------


def state_lines(states: Sequence[StateEvidence]) -> tuple[Evidence, ...]:
    """Return states as evidence, with who uses them."""
    return tuple(
        Evidence(label="state", text=f"{state_name(each)}: {_users(each)}") for each in states
    )


def _written(state: StateEvidence, write: Write) -> Evidence:
    done = "removed" if write.removed else "written"
    moment = moment_text(write.moment)
    return Evidence(label="state", text=f"{state_name(state)}: {done} at {moment}; {_users(state)}")


def _holders(state: StateEvidence, kind: LockKind) -> Iterator[Evidence]:
    for side in state.locks_of(kind):
        content = side.lock.content if side.lock is not None else None
        who = (
            holder_words(content) if isinstance(content, LockInfo) else "a lock that is unreadable"
        )
        yield Evidence(label="lock", text=f"{state_name(state)} in {side.place}: {who}")


def _users(state: StateEvidence) -> str:
    roots = ", ".join(f"`{printable(root)}`" for root in state.roots)
    return f"used by {roots}" if roots else "no root of this directory uses it"


def state_name(state: StateEvidence) -> str:
    """Return the bucket and key of a state."""
    return f"`{printable(state.name)}`"


def after_text(since: datetime | None) -> str:
    """Return the moment from which on writers are judged, for the end of a sentence."""
    return f" since {moment_text(since)}" if since is not None else ""


def moment_text(moment: datetime) -> str:
    """Return a moment to the second, as ISO 8601."""
    return moment.isoformat(timespec="seconds")
