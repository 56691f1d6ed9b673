"""Which components are meant by paths and names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from holdfast.app.declared_fleet import DeclaredFleet, PlacedComponent
from holdfast.core.likeness import listed_shortly
from holdfast.errors import ComponentUnknownError

NEAREST_MAX = 3


def chosen_components(
    fleet: DeclaredFleet, names: Sequence[str], *, start: Path
) -> tuple[PlacedComponent, ...]:
    """Return the components of these names, each once, in the order of the fleet; all of them without a name.

    A name is a component's pipeline name, its root, or a directory above roots; a path is relative to `start`, or
    else to the declaration's directory. Raises `ComponentUnknownError` with every name that is none, and
    `ComponentsInvalidError` for the roots among them that are no components for a mistake.
    """
    if not names:
        return fleet.every_component()
    chosen: set[int] = set()
    unknown: list[str] = []
    pipelines = {each.component.pipeline for each in fleet.components}
    for name in names:
        found = _named(fleet, name, start)
        chosen.update(found)
        unknown += [] if found else [name]
    components = tuple(each for index, each in enumerate(fleet.components) if index in chosen)
    fleet.refuse_mistakes_at(
        (each.component for each in components),
        (path for name in names if name not in pipelines for path in _paths(fleet, name, start)),
    )
    if unknown:
        raise ComponentUnknownError([_mistake(name, fleet.components) for name in unknown])
    return components


def _named(fleet: DeclaredFleet, name: str, start: Path) -> list[int]:
    components = fleet.components
    found = [i for i, each in enumerate(components) if each.component.pipeline == name]
    if found:
        return found
    for path in _paths(fleet, name, start):
        found = [
            i
            for i, each in enumerate(components)
            if each.component.root is not None
            and PurePosixPath(each.component.root).is_relative_to(path)
        ]
        if found:
            return found
    return []


def _paths(fleet: DeclaredFleet, name: str, start: Path) -> Iterable[PurePosixPath]:
    """Yield the paths below the declaration's directory that a name can mean."""
    try:
        top, path = fleet.directory.resolve(), (start / name).resolve()
    except (OSError, RuntimeError, ValueError):
        return  # a link that leads round in circles, or a null character, names nothing
    if path.is_relative_to(top):
        yield PurePosixPath(path.relative_to(top).as_posix())
    yield PurePosixPath(name)


def _mistake(name: str, components: Sequence[PlacedComponent]) -> tuple[str, str, str | None]:
    roots = [each.component.root for each in components if each.component.root is not None]
    names = [*(each.component.pipeline for each in components), *roots]
    known = [*dict.fromkeys(names)]
    nearest = difflib.get_close_matches(name, known, n=NEAREST_MAX)
    ordered = [*nearest, *(each for each in known if each not in set(nearest))]
    if not ordered:
        return name, f"`{name}` is not a component, and there is none", None
    words = f"`{name}` is not a component; there are {listed_shortly(ordered)}"
    return name, words, next(iter(nearest), None)
