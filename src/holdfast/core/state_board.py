"""Every state of a fleet beside the code that uses it: what was found, and what it looks like. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    StateContent,
    StateHead,
    UnreadableState,
    lineage_of,
)

STATE_SUFFIX = ".tfstate"


class StateMark(StrEnum):
    """Name what a state looks like; each mark comes with its evidence."""

    TWIN = "twin"  # one lineage under two keys
    ORPHAN = "orphan"  # no code uses it
    MISSING = "missing"  # the code uses it, and there is none
    UNREADABLE = "unreadable"  # it is no state
    EMPTY = "empty"  # 0 bytes, or no resources
    ENCRYPTED = "encrypted"  # OpenTofu has encrypted it


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedState:
    """A mark, and the facts that it rests on."""

    mark: StateMark
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundState:
    """One state: where it is, who uses it, and what was seen.

    `workspace` and `roots` are those of the code, None and empty when no code uses the key. `size_bytes` is None
    when there is no object. `content` is withheld when it was not, or could not be read. `version_count` is None when
    versions were not asked for.
    """

    backend: str
    bucket: str
    key: str
    workspace: str | None
    roots: tuple[str, ...]
    size_bytes: int | None
    written: datetime | None
    content: Fact[StateContent]
    digest: DigestVerdict
    version_count: Fact[int] | None = None

    @property
    def is_there(self) -> bool:
        """Tell whether there is an object."""
        return self.size_bytes is not None

    @property
    def lineage(self) -> str:
        """Return the lineage, empty where there is none or it could not be read."""
        return lineage_of(self.content.value) if isinstance(self.content, Known) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """A state, and its marks."""

    state: FoundState
    marks: tuple[MarkedState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkedStore:
    """A bucket or table that was looked through. `others` counts what is no state and no digest of the fleet.

    `foreign_digests` counts the digests of each other bucket in a table.
    """

    place: str
    looked_at: int
    others: int
    missing: bool
    withheld: Withheld | None
    foreign_digests: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBoard:
    """Every state that could be seen, in order of backend and key, and every store that was looked through."""

    rows: tuple[StateRow, ...]
    stores: tuple[WalkedStore, ...]
    was_read: bool
    versions_counted: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether everything that was asked for could be read."""
        unread = self.was_read and any(isinstance(row.state.content, Withheld) for row in self.rows)
        return not unread and not any(store.withheld for store in self.stores)


def board_of(
    states: Iterable[FoundState], stores: Sequence[WalkedStore], *, was_read: bool
) -> StateBoard:
    """Put states in order and mark them."""
    ordered = sorted(states, key=lambda each: (each.backend, each.key))
    by_lineage: dict[str, list[FoundState]] = {}
    for state in ordered:
        if state.lineage:
            by_lineage.setdefault(state.lineage, []).append(state)
    rows = tuple(
        StateRow(state=state, marks=tuple(_marks(state, by_lineage.get(state.lineage, ()))))
        for state in ordered
    )
    return StateBoard(rows=rows, stores=tuple(stores), was_read=was_read)


def _marks(state: FoundState, relatives: Sequence[FoundState]) -> Iterable[MarkedState]:
    if len(relatives) > 1:
        others = [f"{each.bucket}/{each.key}" for each in relatives if each is not state]
        evidence = f"lineage {state.lineage} is also that of {', '.join(others)}"
        yield MarkedState(mark=StateMark.TWIN, evidence=evidence)
    if state.is_there and state.workspace is None:
        yield MarkedState(mark=StateMark.ORPHAN, evidence="no root in this directory uses the key")
    known = isinstance(state.content, Known)
    if known and not state.is_there and state.workspace is not None:
        evidence = f"{', '.join(state.roots)} would start with an empty state"
        yield MarkedState(mark=StateMark.MISSING, evidence=evidence)
    match state.content:
        case Known(UnreadableState(problem=problem)):
            yield MarkedState(mark=StateMark.UNREADABLE, evidence=problem)
        case Known(EmptyState()) if state.is_there:
            evidence = "it has 0 bytes: the engines take it for no state"
            yield MarkedState(mark=StateMark.EMPTY, evidence=evidence)
        case Known(StateHead(resource_count=0)):
            yield MarkedState(mark=StateMark.EMPTY, evidence="it has no resources")
        case Known(EncryptedState(encryption_version=version)):
            evidence = f"encryption {version}: nobody without the key can read it"
            yield MarkedState(mark=StateMark.ENCRYPTED, evidence=evidence)
        case _:
            return
