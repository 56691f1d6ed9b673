"""The fleet as it will be after a change of locking, for rules and checks that look at what is. Pure."""

from __future__ import annotations

from dataclasses import replace

from holdfast.core.backends import Backend, Locking, StateUse
from holdfast.core.fleet import Fleet
from holdfast.core.repository import (
    Attribute,
    Configuration,
    Literal,
    LiteralValue,
    Origin,
    Place,
    Repository,
    Root,
)
from holdfast.core.settings import Setting, backend_of


def fleet_as_it_will_be(fleet: Fleet, goal: Locking) -> Fleet:
    """Return the fleet with every chosen backend, and every live configuration that uses one, locked in a mode.

    What was observed of the cloud stays as it is: nothing has happened yet.
    """
    names = {each.name for each in fleet.backends_chosen}
    return replace(
        fleet,
        repository=_repository(fleet, goal, names),
        backends=tuple(
            backend_as_it_will_be(each, goal) if each.name in names else each
            for each in fleet.backends
        ),
        observed=tuple(
            replace(each, backend=backend_as_it_will_be(each.backend, goal))
            if each.backend.name in names
            else each
            for each in fleet.observed
        ),
    )


def backend_as_it_will_be(backend: Backend, goal: Locking) -> Backend:
    """Return a backend whose every use locks in a mode."""
    uses = tuple(_use(each, backend, goal) for each in backend.uses)
    return replace(backend, locking=goal, uses=uses)


def _use(use: StateUse, backend: Backend, goal: Locking) -> StateUse:
    table = (use.table or backend.table) if goal.uses_table else None
    return replace(use, locking=goal, table=table)


def _repository(fleet: Fleet, goal: Locking, names: set[str]) -> Repository:
    return replace(
        fleet.repository,
        roots=tuple(
            _root(each, fleet, goal, names) if each.place is Place.LIVE else each
            for each in fleet.repository.roots
        ),
    )


def _root(root: Root, fleet: Fleet, goal: Locking, names: set[str]) -> Root:
    return replace(
        root,
        configurations=tuple(
            _configuration(each, fleet, root, goal, names) for each in root.configurations
        ),
    )


def _configuration(
    configuration: Configuration, fleet: Fleet, root: Root, goal: Locking, names: set[str]
) -> Configuration:
    bucket = configuration.text("bucket")
    if bucket is None:
        return configuration
    setting = Setting(root, configuration, bucket)
    backend = backend_of(setting, fleet.backends)
    if backend is None or backend.name not in names:
        return configuration
    table = configuration.text("dynamodb_table") or backend.table
    return replace(
        configuration,
        attributes=(
            *(
                each
                for each in configuration.attributes
                if each.name not in {"use_lockfile", "dynamodb_table"}
            ),
            *([_argument(setting, "dynamodb_table", table)] if goal.uses_table and table else []),
            *([_argument(setting, "use_lockfile", value=True)] if goal.uses_lockfile else []),
        ),
    )


def _argument(setting: Setting, name: str, value: LiteralValue) -> Attribute:
    """Return an argument at the place that it has, or at that of the bucket."""
    there = setting.configuration.attribute(name)
    if there is not None:
        return replace(there, value=Literal(value))
    return Attribute(name=name, value=Literal(value), span=setting.span, origin=Origin.BLOCK)
