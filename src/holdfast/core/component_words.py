"""What a component is called, and what its patterns give, in the words of its mistakes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from holdfast.core.component_fields import ComponentMistake
from holdfast.core.declaration import DeclaredComponent
from holdfast.core.patterns import Pattern, expand

PIPELINE_FIELDS = ("platform", "component", "environment", "region", "instance")  # by default


def expanded(
    setting: str, pattern: Pattern | None, values: Mapping[str, str]
) -> str | ComponentMistake | None:
    """Return what a pattern gives, or why it gives nothing; None without a pattern."""
    if pattern is None:
        return None
    found = expand(pattern, values)
    if isinstance(found, str):
        return found
    words = "; ".join(each.words for each in found)
    return ComponentMistake(words=f"`{setting}`: {words}")


def pipeline_by_default(fields: Mapping[str, str], *, key: str, root: str | None) -> str:
    """Return the name of a pipeline: of the fields, or without any of the root, or else of the key."""
    names = PIPELINE_FIELDS if "component" in fields else tuple(fields)
    found = "-".join(fields[each] for each in names if each in fields)
    path = PurePosixPath(root) if root is not None else PurePosixPath(key).parent
    return found or "-".join(each for each in path.parts if each != "/") or key


def label_of(declared: DeclaredComponent) -> str:
    """Return what a listed component is called: its fields, or what stands for them."""
    return label(declared.fields or declared.entries)


def label(fields: Sequence[tuple[str, str]]) -> str:
    """Return what a component of these fields is called."""
    return f"component `{'/'.join(value for _, value in fields)}`"
