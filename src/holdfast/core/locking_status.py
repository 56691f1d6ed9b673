"""Where every root stands on its way from one kind of locking to another: code, cache, last write, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.backends import Backend, Locking
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.fleet import Fleet
from holdfast.core.lock_file_history import Write, WrittenUnder
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence
from holdfast.core.locking_roots import (
    CacheStanding,
    CodeStanding,
    cache_standings,
    code_standings,
    open_roots,
)
from holdfast.core.locking_stages import modes_behind, next_stage

WORST_DIGEST_FIRST = (
    DigestVerdict.UNKNOWN,
    DigestVerdict.STALE,
    DigestVerdict.STATE_MISSING,
    DigestVerdict.INVALID,
    DigestVerdict.RIGHT,
)


class WriterKind(StrEnum):
    """Say what the last writer of a state was seen to use."""

    BOTH = "both"
    TABLE = "table"  # no lock file, and a digest that fits
    LOCK_FILE = "lock file"  # and a digest that does not fit: not the table
    LOCK_FILE_AT_LEAST = "lock file, table not known"  # and no digest
    TABLE_AT_LEAST = "table, lock file not known"
    NEITHER = "no lock seen"
    UNKNOWN = "unknown"


class NextStep(StrEnum):
    """Say what a root waits for."""

    BOTH = "both"
    LOCKFILE = "lockfile"
    DYNAMODB = "dynamodb"
    OTHERS = "waits for others"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrite:
    """The newest write of a root's states, workspaces included."""

    write: Write
    writer: WriterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RootStatus:
    """One way in which a root is initialised, and where it stands.

    `backend` and `key` are empty and None where they cannot be told. `states` counts those that are there, one for each
    workspace. `last_write` is `Known(None)` where nothing was ever written. `digest` is None where there is none.
    """

    root: str
    label: str
    backend: str
    key: str | None
    states: Fact[int]
    code: Locking | None
    doubt: str
    cached: Locking | None
    last_write: Fact[LastWrite | None]
    digest: Fact[DigestVerdict | None]
    next_step: NextStep

    @property
    def is_complete(self) -> bool:
        """Tell whether everything is known that was asked for."""
        facts = (self.states, self.last_write, self.digest)
        return (
            not self.doubt
            and self.next_step is not NextStep.UNKNOWN
            and not any(isinstance(each, Withheld) for each in facts)
            and self.digest != Known(DigestVerdict.UNKNOWN)
            and not self._writer_unknown
        )

    @property
    def _writer_unknown(self) -> bool:
        last = self.last_write.value if isinstance(self.last_write, Known) else None
        return last is not None and last.writer is WriterKind.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetStatus:
    """Every root, in order of backend, root and file; and what could not be read, by place."""

    goal: Locking
    online: bool
    roots: tuple[RootStatus, ...]
    unread: tuple[tuple[str, Withheld], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Tell whether everything that was asked for could be told."""
        if not self.online:
            return all(not each.doubt for each in self.roots)
        return not self.unread and all(each.is_complete for each in self.roots)


def fleet_status(
    fleet: Fleet, evidence: FleetEvidence | None, *, goal: Locking, offline: Withheld
) -> FleetStatus:
    """Return where each root of the chosen backends stands; without evidence by code and caches alone.

    `offline` is why there is no evidence.
    """
    rows = [
        row for each in fleet.backends_chosen for row in _rows(fleet, each, evidence, goal, offline)
    ]
    unread = {
        place: withheld
        for backend in fleet.backends_chosen
        if evidence is not None
        for place, withheld in evidence.unread_of(backend.name).items()
    }
    return FleetStatus(
        goal=goal,
        online=evidence is not None,
        roots=(*rows, *_open(fleet, offline)),
        unread=tuple(unread.items()),
    )


def _rows(
    fleet: Fleet,
    backend: Backend,
    evidence: FleetEvidence | None,
    goal: Locking,
    offline: Withheld,
) -> Iterator[RootStatus]:
    standings = code_standings(fleet, backend)
    caches = cache_standings(fleet, backend)
    states = evidence.states_of(backend.name) if evidence is not None else ()
    unread = evidence.unread_of(backend.name) if evidence is not None else {}
    lacking = offline if evidence is None else next(iter(unread.values()), None)
    known = [each.mode for each in standings if each.mode is not None]
    for standing in sorted(standings, key=lambda each: (each.root, each.label)):
        own = [each for each in states if _is_of(each, standing, backend)]
        yield RootStatus(
            root=standing.root,
            label=standing.label,
            backend=backend.name,
            key=standing.key,
            states=lacking if lacking is not None else Known(sum(each.is_there for each in own)),
            code=standing.mode,
            doubt=standing.doubt,
            cached=_cached(standing, caches),
            last_write=offline if evidence is None else _last_write(own),
            digest=lacking if lacking is not None else Known(worst_digest(own)),
            next_step=_next_step(standing, known, backend, goal),
        )


def _is_of(state: StateEvidence, standing: CodeStanding, backend: Backend) -> bool:
    return any(
        use.root_path == standing.root and use.label == standing.label and use.is_of(state.key)
        for use in backend.uses
    )


def _cached(standing: CodeStanding, caches: Sequence[CacheStanding]) -> Locking | None:
    """Return the mode of the root's cache; a cache of another key is that of another of its configurations."""
    own = (each for each in caches if each.root == standing.root)
    return next(
        (each.mode for each in own if standing.key is None or each.key in {None, standing.key}),
        None,
    )


def _last_write(states: Iterable[StateEvidence]) -> Fact[LastWrite | None]:
    newest: LastWrite | None = None
    for state in states:
        if isinstance(state.history, Withheld):
            return state.history
        write = state.last_write
        if write is not None and (newest is None or write.moment > newest.write.moment):
            newest = LastWrite(write=write, writer=writer_of(state, write))
    return Known(newest)


def writer_of(state: StateEvidence, write: Write) -> WriterKind:
    """Return what the last writer was seen to use: the digest tells of the table, the versions of the lock file.

    Of a client with the table alone and one with both the digest fits, and it is stale after one with the lock file
    alone (Terraform 1.11.4, S3 client `Put`).
    """
    digest = worst_digest([state])
    match write.under, digest:
        case WrittenUnder.LOCK_FILE, DigestVerdict.RIGHT:
            return WriterKind.BOTH
        case WrittenUnder.LOCK_FILE, DigestVerdict.STALE:
            return WriterKind.LOCK_FILE
        case WrittenUnder.LOCK_FILE, _:
            return WriterKind.LOCK_FILE_AT_LEAST
        case WrittenUnder.NO_LOCK_FILE, DigestVerdict.RIGHT:
            return WriterKind.TABLE
        case WrittenUnder.NO_LOCK_FILE, None | DigestVerdict.STALE:
            return WriterKind.NEITHER
        case WrittenUnder.UNKNOWN, DigestVerdict.RIGHT:
            return WriterKind.TABLE_AT_LEAST
        case _:
            return WriterKind.UNKNOWN


def worst_digest(states: Iterable[StateEvidence]) -> DigestVerdict | None:
    """Return the worst verdict on the digests of some states, None when there is none."""
    found = {digest.verdict for state in states for digest in state.digests}
    return next((each for each in WORST_DIGEST_FIRST if each in found), None)


def _next_step(
    standing: CodeStanding, modes: Sequence[Locking], backend: Backend, goal: Locking
) -> NextStep:
    """Return what comes next for a root: the backend's next stage, when it is for it."""
    if standing.mode is None or standing.doubt:
        return NextStep.UNKNOWN
    stage = next_stage(modes, goal, table_known=backend.table is not None)
    if stage is None:
        return NextStep.DONE
    if standing.mode in modes_behind(stage, goal):
        return NextStep(stage.value)
    return NextStep.DONE if standing.mode is goal else NextStep.OTHERS


def _open(fleet: Fleet, offline: Withheld) -> Iterator[RootStatus]:
    """Yield the roots that may be of any backend."""
    for each in open_roots(fleet):
        yield RootStatus(
            root=each.root,
            label="",
            backend="",
            key=None,
            states=offline,
            code=None,
            doubt=each.words,
            cached=None,
            last_write=offline,
            digest=offline,
            next_step=NextStep.UNKNOWN,
        )
