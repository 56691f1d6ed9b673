"""Where the layout puts a component's root, and which components it finds among the roots. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from holdfast.core.component_fields import BACKEND_FIELD
from holdfast.core.declaration import Declaration, Layout
from holdfast.core.pattern_matching import PatternMatcher
from holdfast.core.patterns import expand


def root_by_layout(layout: Layout, values: Mapping[str, str], roots: Collection[str]) -> str | None:
    """Return the root by the layout: one that exists, and the one that says the most of the fields."""
    candidates: list[tuple[bool, int, int, str]] = []
    for pattern in layout.roots:
        path = expand(pattern, values)
        if isinstance(path, str):
            used = sum(each.field in values for each in pattern.placeholders)
            candidates.append((path not in roots, -used, len(candidates), path))
    return min(candidates)[-1] if candidates else None


def found_fields(
    declaration: Declaration,
    roots: Sequence[str],
    *,
    allowed: Mapping[str, tuple[str, ...]],
    claimed: Collection[str],
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each root that the layout has a form for, with its fields; known values come first."""
    backends = tuple(each.name for each in declaration.backends)
    known = {BACKEND_FIELD: backends, **allowed}
    patterns = declaration.layout.roots
    matchers = [PatternMatcher(each, known) for each in patterns]
    matchers += [PatternMatcher(each) for each in patterns]
    setup = declaration.layout.setup
    setups = PatternMatcher(setup, {BACKEND_FIELD: backends}) if setup is not None else None
    left_out = {*claimed, *declaration.layout.exceptions}
    for root in roots if patterns else ():
        if root in left_out or (setups is not None and setups.match(root) is not None):
            continue
        found = (each.match(root) for each in matchers)
        values = next((each for each in found if each is not None), None)
        if values:
            yield root, dict(values)
