"""Roots that change how they lock together: their edits, and the states that are locked meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.code_editing import edited_files
from holdfast.app.locking_declaration import DeclaredSwitch
from holdfast.app.state_places import StatePlace, place_of
from holdfast.app.workspace_states import workspace_keys
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.code_edits import ArgumentValue, CodeFileEdit
from holdfast.core.locking_plans import LockingGroup, LockingRoot, file_of_edit
from holdfast.core.locking_stages import DigestWork, digest_work
from holdfast.core.locking_switch import LockingSwitch, SwitchedSetting
from holdfast.core.placed_changes import PlacedChange
from holdfast.core.source import SourceSpan
from holdfast.core.table_spellings import with_one_spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStates:
    """Where the states of a group are: its keys, each with the prefixes of its workspaces.

    `taken` are the keys of roots, which are workspaces of no other root.
    """

    backend: Backend
    prefixes: tuple[tuple[str, tuple[str, ...]], ...]
    taken: frozenset[str]

    def keys(self, connections: Connections) -> tuple[str, ...]:
        """List the states that there are now, workspaces included; raise `StateUnreadError`."""
        found: dict[str, None] = {}
        for key, prefixes in self.prefixes:
            bucket = place_of(self.backend, key).bucket
            for state in workspace_keys(bucket, key, prefixes, connections=connections):
                if state == key or state not in self.taken:
                    found[state] = None
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """Roots that change together, with what it takes to change them. `places` are the states that are locked meanwhile."""

    group: LockingGroup
    edits: tuple[CodeFileEdit, ...]
    places: tuple[StatePlace, ...]
    states: GroupStates


@dataclass(slots=True, kw_only=True)
class GroupDraft:
    """One group while it is planned."""

    switch: LockingSwitch
    members: tuple[SwitchedSetting, ...]
    edits: tuple[CodeFileEdit, ...] = ()

    @property
    def changes(self) -> tuple[PlacedChange, ...]:
        """Return the changes of all members, each once."""
        return tuple(dict.fromkeys(change for each in self.members for change in each.changes))

    def edit(self, directory: Path, declared: DeclaredSwitch) -> tuple[tuple[SourceSpan, str], ...]:
        """Make the edits; return what is in the way."""
        self.edits, refused = edited_files(self.changes, directory, generated=declared.generated)
        return refused

    def planned(self, connections: Connections, customer_key: bytes | None) -> PlannedGroup:
        """Return the group with its states; raise `StateUnreadError` when workspaces cannot be listed."""
        modes = [each.setting.locking for each in self.members]
        digests = digest_work(self.switch.stage, modes)
        backend = self._backend_meanwhile()
        places: tuple[StatePlace, ...] = ()
        states = self._states()
        if digests is not DigestWork.KEEP:
            places = tuple(
                place_of(backend, key, customer_key=customer_key)
                for key in states.keys(connections)
            )
        group = LockingGroup(
            roots=tuple(
                LockingRoot(
                    path=each.setting.root.path,
                    partial_file=each.setting.configuration.label,
                    key=each.setting.use.key if each.setting.use is not None else "",
                    locking=each.setting.locking,
                )
                for each in self.members
            ),
            files=tuple(file_of_edit(edit, self._words(edit.path)) for edit in self.edits),
            states=tuple(each.key for each in places),
            digests=digests,
        )
        return PlannedGroup(group=group, edits=self.edits, places=places, states=states)

    def _words(self, path: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                f"{each.change.name} is taken out"
                if each.change.value is None
                else f"{each.change.name} becomes {_written(each.change.value)}"
                for each in self.changes
                if each.path == path
            )
        )

    def _backend_meanwhile(self) -> Backend:
        """Return the backend as whoever locks its states has to see it: with the tables of before and after."""
        switch = self.switch
        uses = []
        for each in self.members:
            use = switch.use_after(each.setting)
            if use is not None:
                uses.append(replace(use, table=use.table or each.setting.table))
        tables = dict.fromkeys(
            (*switch.backend.tables, *(use.table for use in uses if use.table is not None))
        )
        members = {(use.root_path, use.label) for use in uses}
        others = [
            each for each in switch.backend.uses if (each.root_path, each.label) not in members
        ]
        return with_one_spelling(
            replace(switch.backend, tables=tuple(tables), uses=(*uses, *others))
        )

    def _states(self) -> GroupStates:
        backend = self.switch.backend
        prefixes: dict[str, set[str]] = {}
        for each in self.members:
            use = each.setting.use
            if use is not None:
                prefixes.setdefault(use.key, set()).add(use.workspace_prefix)
        return GroupStates(
            backend=replace(backend, uses=()),
            prefixes=tuple((key, tuple(sorted(of_key))) for key, of_key in prefixes.items()),
            taken=frozenset(use.key for use in backend.uses),
        )


def _written(value: ArgumentValue) -> str:
    return "true" if value is True else f'"{value}"'
