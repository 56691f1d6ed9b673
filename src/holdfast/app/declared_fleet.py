"""Read what a declaration declares together with the code below its directory: all that is generated comes from it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from holdfast.app.scan import scan_repository
from holdfast.core.component_fields import ComponentMistake
from holdfast.core.components import Component, component_for, components_of
from holdfast.core.declaration import DECLARATION_NAME, Declaration
from holdfast.core.engine_ranges import EngineRange, engine_ranges
from holdfast.core.likeness import nearest
from holdfast.core.repository import FileProblem, Place, Repository, Root
from holdfast.declaration.reading import read_declaration
from holdfast.errors import ComponentsInvalidError, ComponentUnknownError, DeclarationMissingError


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedComponent:
    """A component and the root that it has in the code; None when no code is there."""

    component: Component
    root: Root | None

    @property
    def engines(self) -> tuple[EngineRange, ...]:
        """Return what the root's pins say about the engines that run it."""
        return engine_ranges(self.root.pins) if self.root is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFleet:
    """A declaration, the code below its directory, and the components of both, listed ones first.

    `mistakes` keep roots from being components. They stop what is asked for them, or for all, and nothing else.
    """

    file: Path
    declaration: Declaration
    repository: Repository
    components: tuple[PlacedComponent, ...]
    mistakes: tuple[ComponentMistake, ...] = ()

    @property
    def directory(self) -> Path:
        """Return the directory that all paths are relative to."""
        return self.file.parent

    @property
    def odd_places(self) -> tuple[tuple[str, str], ...]:
        """Return what is left out of the components: roots that are none, and files that cannot be read."""
        mistakes = ((_place(each, self.file), each.words) for each in self.mistakes)
        return (*mistakes, *self.repository.unread_places)

    def every_component(self) -> tuple[PlacedComponent, ...]:
        """Return all components; raise `ComponentsInvalidError` while there are mistakes."""
        self._refuse(self.mistakes)
        return self.components

    def refuse_mistakes_at(
        self, components: Iterable[Component], directories: Iterable[PurePosixPath] = ()
    ) -> None:
        """Raise `ComponentsInvalidError` for the mistakes that concern these components, or roots at or below a path."""
        chosen, paths = tuple(components), tuple(directories)
        identities = {each.identity for each in chosen}
        roots = {each.root for each in chosen}
        self._refuse(
            each
            for each in self.mistakes
            if each.state in identities
            or each.root is None
            or each.root in roots
            or any(PurePosixPath(each.root).is_relative_to(path) for path in paths)
        )

    def unreadable_of(self, components: Iterable[Component]) -> tuple[FileProblem, ...]:
        """Return the files in the roots of these components that nobody can read."""
        roots = {each.root for each in components}
        return tuple(
            each
            for each in self.repository.problems
            if PurePosixPath(each.span.path).parent.as_posix() in roots
        )

    def component_with(self, fields: Mapping[str, str]) -> PlacedComponent:
        """Return the component with these fields, listed or not.

        Raises `ComponentUnknownError`, and `ComponentsInvalidError` when another root has its key.
        """
        found = component_for(self.declaration, fields, _root_paths(self.repository))
        if isinstance(found, Component):
            self.refuse_mistakes_at([found])
            return _placed(found, _roots_by_path(self.repository))
        raise ComponentUnknownError(
            [
                (each.field or "component", each.words, _meant(each, fields.get(each.field or "")))
                for each in found
            ]
        )

    def _refuse(self, mistakes: Iterable[ComponentMistake]) -> None:
        refused = [(_place(each, self.file), each.words) for each in mistakes]
        if refused:
            raise ComponentsInvalidError(str(self.file), refused)


def read_declared_fleet(path: Path | None, *, start: Path) -> DeclaredFleet:
    """Read the declaration at `path`, or else the nearest one in `start` or above, and the code beside it.

    Raises `DeclarationMissingError`, `DeclarationInvalidError` and `PathNotFoundError`.
    """
    file = path if path is not None else nearest_declaration(start)
    declaration = read_declaration(file, directory=file.parent)
    return fleet_of_declaration(declaration, scan_repository(file.parent), file=file)


def fleet_of_declaration(
    declaration: Declaration, repository: Repository, *, file: Path
) -> DeclaredFleet:
    """Return the fleet of a declaration, read from `file`, and of the code beside it."""
    found = components_of(declaration, _root_paths(repository))
    roots = _roots_by_path(repository)
    return DeclaredFleet(
        file=file,
        declaration=declaration,
        repository=repository,
        components=tuple(_placed(each, roots) for each in found.components),
        mistakes=found.mistakes,
    )


def nearest_declaration(start: Path) -> Path:
    """Return the declaration in a directory or in the nearest one above it; raise `DeclarationMissingError`."""
    for directory in (start, *start.resolve().parents):
        file = directory / DECLARATION_NAME
        if os.path.lexists(file):  # a link that leads nowhere is an error and no absence
            return file
    raise DeclarationMissingError(DECLARATION_NAME, str(start))


def _meant(mistake: ComponentMistake, value: str | None) -> str | None:
    """Return the value, or the name of the field, that was probably meant; None when none is near."""
    words = (value, mistake.field)
    found = (nearest(word, mistake.valid) for word in words if word)
    return next((each for each in found if each is not None), None)


def _placed(component: Component, roots: Mapping[str, Root]) -> PlacedComponent:
    root = roots.get(component.root) if component.root is not None else None
    return PlacedComponent(component=component, root=root)


def _roots_by_path(repository: Repository) -> dict[str, Root]:
    return {root.path: root for root in repository.roots if root.place is Place.LIVE}


def _root_paths(repository: Repository) -> tuple[str, ...]:
    return tuple(_roots_by_path(repository))


def _place(mistake: ComponentMistake, file: Path) -> str:
    if mistake.span is not None:
        return f"{file}:{mistake.span.line}:{mistake.span.column}"
    return mistake.root if mistake.root is not None else str(file)
