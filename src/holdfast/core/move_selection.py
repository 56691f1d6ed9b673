"""Which states a move of many is about, which of them move together, and which stay. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.lock_board import uses_of
from holdfast.core.state_moves import key_of_workspace
from holdfast.core.state_naming import StateName, path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWay:
    """The way of one state with all its workspaces."""

    source: StateName
    target: StateName

    @property
    def path(self) -> str:
        """Return `<bucket>/<key>` of the old place."""
        return path_of(self.source)


class WayStanding(StrEnum):
    """Tell what becomes of a state that a move of many is about."""

    TO_MOVE = "to be moved"
    BEGUN = "begun by an earlier run"
    NO_STATE = "there is no state yet: its code is changed"
    MOVED = "moved already"
    ORPHAN = "stays: no code uses it"
    ELSEWHERE = "stays: it was moved elsewhere"
    REPLACED = "stays: the new place has another state, and the code uses that"

    @property
    def is_left_to_do(self) -> bool:
        """Tell whether there is something to be done about it."""
        return self in {WayStanding.TO_MOVE, WayStanding.BEGUN, WayStanding.NO_STATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOutlook:
    """What becomes of one state: how many there are with its workspaces, their size, and the code that changes."""

    way: MoveWay
    standing: WayStanding
    states: int = 0
    size_bytes: int = 0
    files: tuple[str, ...] = ()


def default_states(names: Iterable[StateName]) -> tuple[StateName, ...]:
    """Return states without those of workspaces, which move with the state of their default workspace; in order.

    A key that no code uses counts as that of a workspace when what it would be a workspace of is there as well.
    """
    by_path = {(each.backend.name, each.key): each for each in names}
    return tuple(
        each for path, each in sorted(by_path.items()) if not _is_of_workspace(each, by_path)
    )


def _is_of_workspace(state: StateName, known: Mapping[tuple[str, str], StateName]) -> bool:
    uses = uses_of(state.backend, state.key)
    if uses:
        return all(each.key != state.key for each in uses)
    parts = state.key.split("/")
    rest = ("/".join(parts[start:]) for start in range(1, len(parts)))
    return any(
        (state.backend.name, key) in known
        and key_of_workspace(state.key, prefix=WORKSPACE_PREFIX_DEFAULT, key=key) is not None
        for key in rest
    )


def colliding(ways: Sequence[MoveWay]) -> tuple[tuple[str, str], ...]:
    """Return every way whose target is that of another one too, and the target."""
    targets = Counter((each.target.backend.name, each.target.key) for each in ways)
    return tuple(
        (each.path, f"several states would be moved to `{path_of(each.target)}`")
        for each in ways
        if targets[each.target.backend.name, each.target.key] > 1
    )


def together(files: Sequence[Iterable[str]]) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of moves that change a file in common, directly or by others between them, in order."""
    group_of: dict[str, int] = {}
    groups: dict[int, list[int]] = {}
    for number, paths in enumerate(files):
        names = set(paths)
        merged = sorted({group_of[path] for path in names if path in group_of})
        members = sorted([*(each for group in merged for each in groups.pop(group)), number])
        groups[members[0]] = members
        group_of |= {path: members[0] for path, group in group_of.items() if group in merged}
        group_of |= dict.fromkeys(names, members[0])
    return tuple(tuple(groups[first]) for first in sorted(groups))
