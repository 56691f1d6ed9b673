"""Adopt what exists: the declaration of a fleet, inferred from its code and cloud. Nothing is written here.

The text is read back as any other declaration before it is offered, and held against every root: what it makes
of a root must be the key that the root has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.app.adopt_components import with_sound_components
from holdfast.app.component_configurations import written_workspace_prefix
from holdfast.core.adoption import AdoptedRoot, Misfit
from holdfast.core.adoption_drafting import adoption_of
from holdfast.core.components import Component, components_of
from holdfast.core.declaration import Declaration
from holdfast.core.default_encryption import DefaultEncryption, default_encryption
from holdfast.core.engine_ranges import engine_ranges
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place, Root
from holdfast.errors import (
    AccountsMissingError,
    BackendsUnusableError,
)
from holdfast.generate.backend_arguments import Unfit, backend_arguments
from holdfast.generate.backend_differences import argument_differences
from holdfast.generate.declaration_text import declaration_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A declaration that could be written, and what is to be said about it.

    `differences` are roots that are covered, whose generated backend arguments would not be those they have.
    """

    text: str
    declaration: Declaration
    roots: tuple[AdoptedRoot, ...]
    misfits: tuple[Misfit, ...]
    disagreements: tuple[Misfit, ...]
    differences: tuple[Misfit, ...]


def proposal_for(fleet: Fleet, directory: Path, *, accounts: Sequence[str] = ()) -> Proposal:
    """Return the declaration of a fleet, read back and checked.

    Raises `AccountsMissingError`, `BackendsUnusableError` and, for a mistake of ours, `DraftRefusedError`.
    """
    adoption = adoption_of(fleet, accounts_given=accounts)
    if isinstance(adoption, tuple):
        missing = [(each.bucket, each.why) for each in adoption]
        raise AccountsMissingError(missing, given=accounts)
    if not adoption.draft.backends:
        raise BackendsUnusableError([(each.subject, each.reason) for each in adoption.misfits])
    roots = tuple(each.path for each in fleet.repository.roots if each.place is Place.LIVE)
    adoption, declaration = with_sound_components(adoption, directory, fleet.repository)
    components = {
        (each.backend.bucket, each.key): each
        for each in components_of(declaration, roots).components
    }
    covered, lost = _held_against(adoption.roots, components)
    return Proposal(
        text=declaration_text(adoption.draft),
        declaration=declaration,
        roots=covered,
        misfits=(*adoption.misfits, *lost),
        disagreements=adoption.disagreements,
        differences=tuple(_differences(covered, components, fleet)),
    )


def _held_against(
    roots: Sequence[AdoptedRoot], components: dict[tuple[str, str], Component]
) -> tuple[tuple[AdoptedRoot, ...], tuple[Misfit, ...]]:
    """Return the roots whose key a component has in their bucket, and the others as misfits."""
    covered = tuple(each for each in roots if (each.bucket, each.key) in components)
    lost = tuple(
        Misfit(
            subject=each.path,
            facts=(("bucket", each.bucket), ("key", each.key)),
            reason="no component of the declaration has this key in this bucket",
        )
        for each in roots
        if (each.bucket, each.key) not in components
    )
    return covered, lost


def _differences(
    roots: Sequence[AdoptedRoot], components: dict[tuple[str, str], Component], fleet: Fleet
) -> Iterator[Misfit]:
    by_path = {root.path: root for root in fleet.repository.roots}
    defaults = {
        each.bucket: default_encryption(fleet.observation_of(each)) for each in fleet.backends
    }
    for each in roots:
        component = components[each.bucket, each.key]
        default = defaults.get(each.bucket)
        words = _difference_words(by_path[each.path], each, component, default)
        if words:
            yield Misfit(
                subject=each.path,
                facts=(("file", each.label),) if each.label else (),
                reason="; ".join(words),
            )


def _difference_words(
    root: Root, adopted: AdoptedRoot, component: Component, default: DefaultEncryption | None
) -> tuple[str, ...]:
    configuration = next(each for each in root.configurations if each.label == adopted.label)
    arguments = backend_arguments(
        component.backend,
        component.key,
        engine_ranges(root.pins),
        workspace_prefix=written_workspace_prefix(component, root),
    )
    if isinstance(arguments, Unfit):
        return (arguments.reason,)
    return argument_differences(configuration, arguments.values, default=default)
