"""What the audit knows of a declaration and the roots beside it: components, and how their backend files stand.

Nothing is refused here: a component that cannot be made, or whose file cannot be generated, is simply not looked at;
`holdfast generate backend` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from holdfast.app.backend_generation import (
    backend_files,
    file_name_for,
    generated_backends,
    other_blocks,
)
from holdfast.app.declared_fleet import PlacedComponent
from holdfast.app.generated_files import compare_files
from holdfast.core.components import Components, components_of
from holdfast.core.declaration import Declaration
from holdfast.core.generated import ComparedFile, GeneratedFile
from holdfast.core.repository import Place, Repository
from holdfast.errors import EngineUnfitError
from holdfast.generate.backend_formats import BLOCK_FORMATS, format_of_file
from holdfast.generate.backend_settings import BackendSettings


def placed_components(declaration: Declaration, repository: Repository) -> Components:
    """Return the components of a declaration and of the live roots."""
    live = [root.path for root in repository.roots if root.place is Place.LIVE]
    return components_of(declaration, live)


def generated_facts(
    declaration: Declaration, repository: Repository, components: Components, directory: Path
) -> tuple[ComparedFile, ...]:
    """Return the backend file of every component whose root is there, compared with the disk."""
    file_name = declaration.layout.file
    backend_format = format_of_file(file_name)
    if backend_format is None:
        return ()
    roots = {root.path: root for root in repository.roots if root.place is Place.LIVE}
    placed = [
        PlacedComponent(component=each, root=roots[each.root])
        for each in components.components
        if each.root in roots
    ]
    if backend_format in BLOCK_FORMATS:
        placed = [each for each in placed if not _has_block_elsewhere(each, file_name)]
    generated = list(_generated(placed))
    files = backend_files(
        [each for each, _ in generated],
        [settings for _, settings in generated],
        directory=directory,
        backend_format=backend_format,
        file_name=file_name_for(backend_format, file_name),
        every=placed,
    )
    return compare_files(files.files, directory)


def _generated(
    placed: Sequence[PlacedComponent],
) -> Iterator[tuple[PlacedComponent, BackendSettings]]:
    for each in placed:
        try:
            (settings,) = generated_backends([each]).settings
        except EngineUnfitError:
            continue
        yield each, settings


def _has_block_elsewhere(placed: PlacedComponent, file_name: str) -> bool:
    """Tell whether the root has a backend block of its own, beside which none is generated."""
    file = GeneratedFile(path=f"{placed.component.root}/{file_name}", text="")
    return any(True for _ in other_blocks(placed, file))
