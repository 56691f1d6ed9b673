"""Small trees of files for the tests that read code, and short forms of what was read."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from holdfast.app.scan import scan_repository
from holdfast.core.repository import (
    Attribute,
    Computed,
    Configuration,
    Literal,
    LiteralValue,
    Repository,
    Root,
)

Short: TypeAlias = "LiteralValue | Computed"


def written(directory: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a directory; a path that ends in `/` makes an empty directory."""
    for path, content in files.items():
        target = directory / path
        if path.endswith("/"):
            target.mkdir(parents=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return directory


def scanned(directory: Path, files: Mapping[str, str | bytes]) -> Repository:
    """Write files and scan them."""
    return scan_repository(written(directory, files))


def the_root(repository: Repository) -> Root:
    """Return the only root of a repository."""
    (root,) = repository.roots
    return root


def short(attributes: tuple[Attribute, ...]) -> dict[str, Short]:
    """Return attributes as a mapping; a computed one as it is."""
    return {
        each.name: each.value.value if isinstance(each.value, Literal) else each.value
        for each in attributes
    }


def ways(root: Root) -> list[tuple[str, str, dict[str, Short]]]:
    """Return the configurations of a root: label, certainty, attributes."""
    return [way(each) for each in root.configurations]


def way(configuration: Configuration) -> tuple[str, str, dict[str, Short]]:
    """Return a configuration as label, certainty, attributes."""
    certainty = configuration.certainty.value
    return configuration.label, certainty, short(configuration.attributes)
