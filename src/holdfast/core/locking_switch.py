"""What the backend arguments of a backend's roots have to become for one stage, and which roots change together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.core.backends import Backend, Locking, StateUse
from holdfast.core.code_edits import ArgumentValue
from holdfast.core.exclusion import table_name
from holdfast.core.locking_stages import modes_behind
from holdfast.core.placed_changes import Obstacle, PlacedChange, has_value, placed_change
from holdfast.core.settings import Setting, backend_of, is_computed

LOCKFILE_ARGUMENT = "use_lockfile"
TABLE_ARGUMENT = "dynamodb_table"
# What is not there yet is put beside the first of these that stands in a file.
BESIDE = (TABLE_ARGUMENT, LOCKFILE_ARGUMENT, "bucket", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedSetting:
    """One setting that a stage changes, and where."""

    setting: Setting
    changes: tuple[PlacedChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockingSwitch:
    """One stage of one backend. `table` is what a root gets that names none; `settings` are those of all live roots."""

    backend: Backend
    stage: Locking
    goal: Locking
    table: str | None
    settings: tuple[Setting, ...]
    backends: tuple[Backend, ...]

    @property
    def of_backend(self) -> tuple[Setting, ...]:
        """Return the settings that use the backend."""
        return tuple(
            each
            for each in self.settings
            if (used := backend_of(each, self.backends)) is not None
            and used.name == self.backend.name
        )

    @property
    def switching(self) -> tuple[Setting, ...]:
        """Return the settings that the stage changes."""
        behind = modes_behind(self.stage, self.goal)
        return tuple(each for each in self.of_backend if each.locking in behind)

    def table_of(self, setting: Setting) -> str | None:
        """Return the table that a setting names after the stage."""
        return (setting.table or self.table) if self.stage.uses_table else None

    def values(self, setting: Setting) -> dict[str, ArgumentValue | None]:
        """Return the arguments that have to be others, and what they become; None takes one out."""
        wanted: dict[str, ArgumentValue | None] = {
            LOCKFILE_ARGUMENT: True if self.stage.uses_lockfile else None,
            TABLE_ARGUMENT: self.table_of(setting),
        }
        return {
            name: value
            for name, value in wanted.items()
            if not has_value(setting.configuration, name, value)
        }

    def use_after(self, setting: Setting) -> StateUse | None:
        """Return the state of a setting as it is used after the stage."""
        use = setting.use
        if use is None:
            return None
        return replace(use, locking=self.stage, table=self.table_of(setting))

    def placed(self) -> tuple[tuple[SwitchedSetting, ...], tuple[Obstacle, ...]]:
        """Return what changes in each setting, and everything that is in the way."""
        switched: list[SwitchedSetting] = []
        obstacles: dict[Obstacle, None] = {}
        switching = self.switching
        chosen = set(map(id, switching))
        staying = [each for each in self.settings if id(each) not in chosen]
        beside = self._beside() if switching else ()
        for setting in switching:
            changes: list[PlacedChange] = []
            for each in (
                *self._changes(setting, staying),
                *self._obstacles(setting),
                *_shared(setting, beside),
            ):
                match each:
                    case PlacedChange():
                        changes.append(each)
                    case Obstacle():
                        obstacles[each] = None
            switched.append(SwitchedSetting(setting=setting, changes=tuple(changes)))
        return tuple(switched), tuple(obstacles)

    def _beside(self) -> tuple[StateUse, ...]:
        """Return the uses of other backends whose buckets have the same name, behind another endpoint."""
        own = set(map(id, self.of_backend))
        uses = (
            each.use
            for each in self.settings
            if each.bucket == self.backend.bucket and id(each) not in own
        )
        return tuple(each for each in uses if each is not None)

    def _changes(
        self, setting: Setting, staying: Sequence[Setting]
    ) -> Iterator[PlacedChange | Obstacle]:
        for name, value in self.values(setting).items():
            placed = placed_change(setting, name, value, staying=staying, beside=BESIDE)
            if placed is not None:
                yield placed

    def _obstacles(self, setting: Setting) -> Iterator[Obstacle]:
        for name in (LOCKFILE_ARGUMENT, TABLE_ARGUMENT):
            attribute = setting.configuration.attribute(name)
            if attribute is not None and is_computed(attribute):
                words = f"`{name}` is an expression: how it is locked cannot be told from the code"
                yield Obstacle(attribute.span, words)
        if setting.use is None:
            yield Obstacle(setting.span, "its key cannot be read, so its states are not known")
        if self.stage.uses_table and self.table_of(setting) is None:
            yield Obstacle(setting.span, "no lock table is known for it: name one with `--table`")
        yield from self._other_tables(setting)

    def _other_tables(self, setting: Setting) -> Iterator[Obstacle]:
        """Yield what keeps a root from getting the table that it does not name yet: its state is locked in another."""
        table, use = self.table_of(setting), setting.use
        if table is None or use is None or setting.table is not None:
            return
        for each in self.of_backend:
            other = each.use
            if other is None or other.table is None or table_name(other.table) == table_name(table):
                continue
            if use.is_of(other.key) or other.is_of(use.key):
                words = (
                    f"its state is locked in table `{other.table}` by `{other.root_path}`:"
                    f" the two would not see each other in `{table}`"
                )
                yield Obstacle(setting.span, words)


def _shared(setting: Setting, beside: Sequence[StateUse]) -> Iterator[Obstacle]:
    """Yield what keeps a state from being changed that may be another backend's too: two names of one store.

    Whether two endpoints are one store the code does not say. If they are, the two change apart, and one of them may leave
    the only lock that the other takes.
    """
    use = setting.use
    if use is None:
        return
    for other in beside:
        if use.is_of(other.key) or other.is_of(use.key):
            words = (
                f"its state may be that of `{other.root_path}` too ({other.span}), which names the bucket by another"
                " endpoint: name it alike in both; if these are two stores, run it where only one of them is"
            )
            yield Obstacle(use.span, words)


def together(switched: Sequence[SwitchedSetting]) -> tuple[tuple[SwitchedSetting, ...], ...]:
    """Return the settings in groups that share a file or a state: each group changes as one, in the order of the code."""
    by_key: dict[str, list[StateUse]] = {}
    for each in switched:
        if each.setting.use is not None:
            by_key.setdefault(each.setting.use.key, []).append(each.setting.use)
    groups: list[tuple[set[str], list[SwitchedSetting]]] = []
    for each in switched:
        marks = {f"file {change.path}" for change in each.changes}
        if each.setting.use is not None:
            marks |= {f"key {key}" for key in _keys_met(each.setting.use.key, by_key)}
        meeting = [group for group in groups if group[0] & marks]
        for group in meeting:
            groups.remove(group)
        members = [member for _, found in meeting for member in found]
        groups.append((marks.union(*(found for found, _ in meeting)), [*members, each]))
    order = {id(each): number for number, each in enumerate(switched)}
    sorted_groups = [sorted(members, key=lambda each: order[id(each)]) for _, members in groups]
    return tuple(
        tuple(members)
        for members in sorted(sorted_groups, key=lambda members: order[id(members[0])])
    )


def _keys_met(key: str, uses: Mapping[str, Sequence[StateUse]]) -> Iterator[str]:
    """Yield a key, and those of the roots of which it is a workspace: they would read and write the same state."""
    yield key
    rest = key
    while rest := rest.partition("/")[2]:
        if any(use.is_of(key) for use in uses.get(rest, ())):
            yield rest
