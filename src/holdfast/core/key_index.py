"""An index of keys with their workspaces: whose a found key is, without asking every one of many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from holdfast.core.state_moves import workspace_start

Value = TypeVar("Value")


class KeyIndex(Generic[Value]):
    """Finds what was given for a key, by that key and by those of its workspaces.

    A workspace's key is `<prefix>/<workspace>/<key>`, as `StateUse.is_of` has it (Terraform 1.11.4, `Workspaces`).
    """

    def __init__(self, entries: Iterable[tuple[str, str, Value]]) -> None:
        """Take entries of workspace prefix, key and value."""
        self._by_key: dict[str, list[Value]] = {}
        self._by_start: dict[str, dict[str, list[Value]]] = {}
        for prefix, key, value in entries:
            self._by_key.setdefault(key, []).append(value)
            of_prefix = self._by_start.setdefault(workspace_start(prefix), {})
            of_prefix.setdefault(key, []).append(value)

    def of(self, found: str) -> Iterator[Value]:
        """Yield the values of every entry that a found key is of."""
        yield from self._by_key.get(found, ())
        for start, by_key in self._by_start.items():
            if found.startswith(start):
                workspace, slash, key = found.removeprefix(start).partition("/")
                if workspace and slash:
                    yield from by_key.get(key, ())
