"""Components: declared units that yield a key, and the backend that keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.declaration import DeclaredBackend
from holdfast.core.source import SourceSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component with everything that its fields yield.

    `fields` are those that have a value, in the order of the key pattern, then others. `root` is the POSIX
    path of its directory relative to the declaration's; None when the layout does not say where it is.
    `span` is where it is declared; None for one that was found by its root's path.
    """

    fields: tuple[tuple[str, str], ...]
    backend: DeclaredBackend
    key: str
    pipeline: str
    root: str | None
    span: SourceSpan | None

    def field(self, name: str) -> str | None:
        """Return the value of a field, or None when the component has none."""
        return dict(self.fields).get(name)
