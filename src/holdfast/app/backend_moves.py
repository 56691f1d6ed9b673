"""Where a generated backend would look for a root's state in another place than the one that somebody wrote by hand.

An engine whose backend changes begins with an empty state when nobody moves the old one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.component_configurations import WORKSPACE_PREFIX, own_configurations
from holdfast.app.declared_fleet import PlacedComponent
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.components import Component
from holdfast.core.generated import is_generated
from holdfast.core.repository import Certainty, Configuration, Root
from holdfast.generate.backend_differences import argument_differences
from holdfast.generate.backend_settings import BackendSettings

S3 = "s3"
WHERE_A_STATE_IS = ("bucket", "key", WORKSPACE_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendMove:
    """One argument with which the engine would look elsewhere: where it is written, and both values in words."""

    root: str
    words: str


def backend_moves(
    components: Sequence[PlacedComponent],
    settings: Sequence[BackendSettings],
    *,
    directory: Path,
    every: Sequence[PlacedComponent],
) -> tuple[BackendMove, ...]:
    """Return what would move away from a configuration by hand that is certainly in use.

    `every` are all components of the fleet: a configuration with the place of another one is that one's.
    """
    everyone = [each.component for each in (*every, *components)]
    found = (
        move
        for each, one in zip(components, settings, strict=True)
        if each.root is not None and each.root.backend_type == S3
        for configuration in _left_behind(each.component, each.root, everyone)
        for move in _moves_from(configuration, each.root, one, directory)
    )
    return tuple(dict.fromkeys(found))


def _left_behind(
    component: Component, root: Root, everyone: Sequence[Component]
) -> Iterator[Configuration]:
    """Yield the configurations that the component's file would take the place of."""
    found = own_configurations(component, root)
    if not found:
        others = [own for each in everyone for own in own_configurations(each, root)]
        found = tuple(each for each in root.configurations if each not in others)
    yield from (each for each in found if each.certainty is Certainty.CERTAIN)


def _moves_from(
    configuration: Configuration, root: Root, settings: BackendSettings, directory: Path
) -> Iterator[BackendMove]:
    generated = {WORKSPACE_PREFIX: WORKSPACE_PREFIX_DEFAULT, **settings.arguments.values}
    for name in WHERE_A_STATE_IS:
        attribute = configuration.attribute(name)
        # What is not set, or is an expression, may well be the same.
        if attribute is None or not isinstance(configuration.literal(name), str):
            continue
        if _is_ours(directory / attribute.span.path):
            continue
        alone = replace(configuration, attributes=(attribute,))
        for words in argument_differences(alone, {name: generated[name]}):
            yield BackendMove(root=root.path, words=f"{attribute.span}: {words}")


def _is_ours(path: Path) -> bool:
    try:
        return is_generated(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:  # a file that has gone since it was scanned bears no mark
        return False
