"""Find setup modules that exist only as a directory: no code, but the name or the place of one.

`regions/us-east-1/backend-setup` is one when `regions/af-south-1/backend-setup` is, even while nobody has
written it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from holdfast.core.repository import Place, SetupModule
from holdfast.hcl.state_names import is_setup_directory
from holdfast.hcl.tree import Directory

# Files that keep an empty directory in git, or say what will be there.
PLACEHOLDERS = frozenset({".gitignore", ".gitkeep", ".keep", ".terraform.lock.hcl", "readme.md"})


def empty_setup_modules(
    directories: Iterable[Directory],
    setups: Collection[str],
    *,
    place_of: Callable[[str], Place],
) -> tuple[SetupModule, ...]:
    """Return the directories that look like setup modules and hold no code, in order of path."""
    shapes = {shape for path in setups for shape in _shapes(path)}
    found = [
        directory.path
        for directory in directories
        if directory.path != "."
        and directory.path not in setups
        and _is_bare(directory)
        and (is_setup_directory(directory.path) or not shapes.isdisjoint(_shapes(directory.path)))
    ]
    return tuple(
        SetupModule(
            path=path,
            place=place_of(path),
            creations=(),
            files=(),
            backend_type="local",
            region=None,
        )
        for path in sorted(found)
    )


def _is_bare(directory: Directory) -> bool:
    return not directory.directories and all(
        name.lower() in PLACEHOLDERS for name in directory.files
    )


def _shapes(path: str) -> Iterable[tuple[str, ...]]:
    """Yield the path with each of its parts left out in turn: parallel directories share one."""
    parts = path.split("/")
    return (
        (*parts[:number], "*", *parts[number + 1 :])
        for number in range(len(parts))
        if len(parts) > 1
    )
