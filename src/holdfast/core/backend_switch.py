"""What a root's backend arguments have to become when its state moves, and where each of them stands. Pure.

Nothing is guessed: an argument that other roots share, that is given on a command line, or that cannot be written in
one value is an obstacle with its place, and the move is refused before anything is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from holdfast.core.access import access_of
from holdfast.core.backends import Access, Backend, StateUse
from holdfast.core.code_edits import ArgumentValue
from holdfast.core.placed_changes import Obstacle, PlacedChange, has_value, placed_change
from holdfast.core.repository import Configuration
from holdfast.core.settings import Setting, backend_of

ACCOUNT_ARGUMENTS = ("allowed_account_ids", "forbidden_account_ids")


SettingsByState: TypeAlias = Mapping[tuple[str, str], tuple[Setting, ...]]


def settings_by_state(settings: Sequence[Setting], backends: Sequence[Backend]) -> SettingsByState:
    """Return the settings that name each state, by the backend's name and the key."""
    found: dict[tuple[str, str], list[Setting]] = {}
    for each in settings:
        use, backend = each.use, backend_of(each, backends)
        if use is not None and backend is not None:
            found.setdefault((backend.name, use.key), []).append(each)
    return {state: tuple(named) for state, named in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSwitch:
    """A state's way from one backend and key to another.

    `settings` are those of all live roots, and `by_state` the same by the states that they name. `along` are those that
    move at the same time: what they share with this one may change.
    """

    source: Backend
    target: Backend
    source_key: str
    target_key: str
    settings: tuple[Setting, ...]
    by_state: SettingsByState
    along: tuple[Setting, ...] = ()

    @property
    def moving(self) -> tuple[Setting, ...]:
        """Return the settings that name the old place."""
        return self.by_state.get((self.source.name, self.source_key), ())

    @property
    def arrived(self) -> tuple[Setting, ...]:
        """Return the settings that name the new place already."""
        return self.by_state.get((self.target.name, self.target_key), ())

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether the state leaves its backend."""
        return self.source.name != self.target.name

    # What changes -------------------------------------------------------------------------------

    def values(self, configuration: Configuration) -> dict[str, ArgumentValue | None]:
        """Return the arguments that have to be others, and what they become; None takes one out."""
        wanted: dict[str, ArgumentValue | None] = {"key": self.target_key}
        if self.is_elsewhere:
            wanted["bucket"] = self.target.bucket
            if self.target.region is not None:
                wanted["region"] = self.target.region
            if configuration.text("dynamodb_table") is not None:
                wanted["dynamodb_table"] = self.target.table
                if self.target.table is None:
                    wanted["use_lockfile"] = True
            if configuration.text("kms_key_id") is not None:
                wanted["kms_key_id"] = self.kms_key
            if self.access_wanted(configuration) is not None:
                wanted["profile"] = self.access_wanted_profile(configuration)
        return {
            name: value
            for name, value in wanted.items()
            if not has_value(configuration, name, value)
        }

    @property
    def kms_key(self) -> str | None:
        """Return the KMS key of states in the new backend: what most of its roots say, or the declaration."""
        counts = Counter(each.kms_key for each in self.target.uses if each.kms_key is not None)
        return max(counts, key=lambda key: counts[key], default=self.target.kms_key)

    def access_wanted(self, configuration: Configuration) -> Access | None:
        """Return how the code has to reach the new backend; None when it reaches it as the old one."""
        there = next(
            (
                each
                for (name, _), settings in self.by_state.items()
                if name == self.target.name
                for each in settings
                if each.certain
            ),
            None,
        )
        have = access_of(configuration)
        if there is not None:
            want = access_of(there.configuration)
            return None if want == have else want
        return None if self.target.access == self.source.access else self.target.access

    def access_wanted_profile(self, configuration: Configuration) -> str | None:
        """Return the profile that the code has to name for the new backend."""
        wanted = self.access_wanted(configuration)
        return wanted.profile if wanted is not None else configuration.text("profile")

    def use_after(self, use: StateUse) -> StateUse:
        """Return a use of the old place as it is after the move."""
        table = use.table
        locking = use.locking
        if self.is_elsewhere and table is not None:
            table = self.target.table
            locking = locking.of(
                table=table is not None, lockfile=locking.uses_lockfile or table is None
            )
        return replace(
            use,
            key=self.target_key,
            table=table,
            locking=locking,
            region=(self.target.region or use.region) if self.is_elsewhere else use.region,
            kms_key=self.kms_key if self.is_elsewhere and use.kms_key else use.kms_key,
        )

    # Where it is changed ------------------------------------------------------------------------

    def placed(self) -> tuple[tuple[PlacedChange, ...], tuple[Obstacle, ...]]:
        """Return every change with its place, each once, and everything that is in the way."""
        changes: dict[PlacedChange, None] = {}
        obstacles: dict[Obstacle, None] = {}
        for setting in self.moving:
            for each in (*self._changes(setting), *self._obstacles(setting)):
                match each:
                    case PlacedChange():
                        changes[each] = None
                    case Obstacle():
                        obstacles[each] = None
        return tuple(changes), tuple(obstacles)

    def _changes(self, setting: Setting) -> Iterator[PlacedChange | Obstacle]:
        moving = set(map(id, (*self.moving, *self.along)))
        staying = [each for each in self.settings if id(each) not in moving]
        for name, value in self.values(setting.configuration).items():
            placed = placed_change(setting, name, value, staying=staying)
            if placed is not None:
                yield placed

    def _obstacles(self, setting: Setting) -> Iterator[Obstacle]:
        if not self.is_elsewhere:
            return
        configuration = setting.configuration
        wanted = self.access_wanted(configuration)
        if wanted is not None:
            have = access_of(configuration)
            if replace(wanted, profile=None) != replace(have, profile=None):
                words = f"`{self.target.name}` is reached in another way: by role, endpoint or credentials file"
                yield Obstacle(setting.span, words)
        for name in ACCOUNT_ARGUMENTS:
            attribute = configuration.attribute(name)
            if attribute is not None and self.source.account != self.target.account:
                yield Obstacle(attribute.span, f"`{name}` is about the account of the old backend")
