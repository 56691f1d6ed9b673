"""Where a generated backend would look for a root's state in another place than the one that is in use.

An engine whose backend changes begins with an empty state when nobody moves the old one. It makes no difference
whether somebody wrote the backend by hand or it was generated from a declaration that has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.backend_generation import path_beside
from holdfast.app.component_configurations import WORKSPACE_PREFIX, own_configurations
from holdfast.app.declared_fleet import PlacedComponent
from holdfast.app.generated_files import generated_text
from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT
from holdfast.core.components import Component, roots_in_common
from holdfast.core.repository import Attribute, Certainty, Configuration, Root
from holdfast.generate.backend_differences import argument_differences
from holdfast.generate.backend_formats import BackendFormat
from holdfast.generate.backend_settings import BackendSettings
from holdfast.hcl.generated_backends import generated_backend

S3 = "s3"
REGION = "region"  # of the lock table as well; an engine refuses one that is not the bucket's
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
    file_format: BackendFormat,
    file_name: str,
) -> tuple[BackendMove, ...]:
    """Return what would move away from a configuration that is certainly in use.

    That is one by hand, and the file of this format and name that was generated before. `every` are all components of
    the fleet: a configuration with the place of another one, or in its file, is that one's.
    """
    everyone = tuple(each.component for each in (*every, *components))
    shared = roots_in_common(everyone)

    def path_of(component: Component) -> str | None:
        if component.root is None:
            return None
        return path_beside(component, file_name, file_format, shared=component.root in shared)

    paths = {path_of(each) for each in everyone}
    moves: list[BackendMove] = []
    for each, one in zip(components, settings, strict=True):
        component, root, own_path = each.component, each.root, path_of(each.component)
        if own_path is not None:
            moves += _moves_from_generated(component, one, directory, own_path)
        if root is not None and root.backend_type == S3:
            for configuration in _left_behind(component, root, everyone):
                attributes = [
                    found
                    for found in configuration.attributes
                    if found.name in WHERE_A_STATE_IS and found.span.path not in paths - {own_path}
                ]
                moves += _moves(attributes, root.path, one)
    return tuple(dict.fromkeys(moves))


def _left_behind(
    component: Component, root: Root, everyone: Sequence[Component]
) -> Iterator[Configuration]:
    """Yield the configurations that the component's file would take the place of."""
    found = own_configurations(component, root)
    if not found:
        others = [own for each in everyone for own in own_configurations(each, root)]
        found = tuple(each for each in root.configurations if each not in others)
    yield from (each for each in found if each.certainty is Certainty.CERTAIN)


def _moves_from_generated(
    component: Component, settings: BackendSettings, directory: Path, path: str
) -> Iterator[BackendMove]:
    """Compare with the file that was generated before, whether or not it is known that the root is given it."""
    text = generated_text(path, directory)
    if text is None:
        return
    attributes = generated_backend(text, path=path)
    names = (*WHERE_A_STATE_IS, REGION)
    yield from _moves(
        [each for each in attributes if each.name in names], component.root or "", settings
    )


def _moves(
    attributes: Sequence[Attribute], root: str, settings: BackendSettings
) -> Iterator[BackendMove]:
    generated = {WORKSPACE_PREFIX: WORKSPACE_PREFIX_DEFAULT, **settings.arguments.values}
    for attribute in attributes:
        # What is an expression may well be the same.
        alone = Configuration(label="", certainty=Certainty.CERTAIN, attributes=(attribute,))
        if isinstance(alone.literal(attribute.name), str):
            for words in argument_differences(alone, {attribute.name: generated[attribute.name]}):
                yield BackendMove(root=root, words=f"{attribute.span}: {words}")
