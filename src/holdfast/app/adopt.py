"""Adopt what exists: the declaration of a fleet, inferred from its code and cloud. Nothing is written here.

The text is read back as any other declaration before it is offered, and held against every root: what it makes
of a root must be the key that the root has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.core.adoption import AdoptedRoot, Adoption, Draft, Misfit
from holdfast.core.adoption_drafting import adoption_of
from holdfast.core.component_fields import ComponentMistake
from holdfast.core.components import Component, components_of
from holdfast.core.declaration import DECLARATION_NAME, Declaration, DeclaredComponent
from holdfast.core.engine_ranges import engine_ranges
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place, Root
from holdfast.core.source import SourceSpan
from holdfast.declaration.reading import declaration_of
from holdfast.errors import (
    AccountsMissingError,
    BackendsUnusableError,
    DeclarationInvalidError,
    DraftRefusedError,
)
from holdfast.generate.backend_arguments import Unfit, backend_arguments
from holdfast.generate.backend_differences import argument_differences
from holdfast.generate.declaration_text import declaration_text

ROUNDS_MAX = 3  # each leaves out roots, and one root less can make no other a mistake


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
    adoption, declaration = _with_sound_components(adoption, directory, roots)
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


def _with_sound_components(
    adoption: Adoption, directory: Path, roots: Sequence[str]
) -> tuple[Adoption, Declaration]:
    """Leave out what would be no component of the draft's, and return what stays."""
    found, adoption = _without_mistaken_roots(adoption, directory, roots)
    listed = adoption.draft.components
    spans = {SourceSpan("", line): fields for line, fields in enumerate(listed, start=1)}
    tried = replace(
        found,
        components=tuple(DeclaredComponent(fields=spans[each], span=each) for each in spans),
    )
    refused = {each.span: each.words for each in components_of(tried, roots).mistakes}
    kept = tuple(fields for span, fields in spans.items() if span not in refused)
    misfits = tuple(
        Misfit(subject="/".join(value for _, value in spans[span]), facts=spans[span], reason=words)
        for span, words in refused.items()
        if span is not None
    )
    adoption = replace(
        adoption,
        draft=replace(adoption.draft, components=kept),
        misfits=(*adoption.misfits, *misfits),
    )
    return adoption, _read_back(adoption.draft, directory)


def _without_mistaken_roots(
    adoption: Adoption, directory: Path, roots: Sequence[str]
) -> tuple[Declaration, Adoption]:
    """Leave out roots of which no component can be made: they would keep every command from using the file."""
    mistakes: Sequence[ComponentMistake] = ()
    for _ in range(ROUNDS_MAX):
        found = _read_back(replace(adoption.draft, components=()), directory)
        mistakes = components_of(found, roots).mistakes
        if not mistakes:
            return found, adoption
        adoption = _without(adoption, mistakes)
    raise DraftRefusedError([(each.root or "", each.words) for each in mistakes])


def _read_back(draft: Draft, directory: Path) -> Declaration:
    path = directory / DECLARATION_NAME
    try:
        return declaration_of(declaration_text(draft), path=path, directory=directory)
    except DeclarationInvalidError as error:
        raise DraftRefusedError(error.facts) from error


def _without(adoption: Adoption, mistakes: Sequence[ComponentMistake]) -> Adoption:
    """Leave out the roots of which no component can be made."""
    left_out = {each.root: each.words for each in mistakes if each.root is not None}
    draft = adoption.draft
    known = {path for path, _ in draft.exceptions}
    added = tuple((path, why) for path, why in left_out.items() if path not in known)
    return replace(
        adoption,
        draft=replace(draft, exceptions=tuple(sorted((*draft.exceptions, *added)))),
        roots=tuple(each for each in adoption.roots if each.path not in left_out),
        misfits=(
            *adoption.misfits,
            *(Misfit(subject=path, facts=(), reason=why) for path, why in added),
        ),
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
    for each in roots:
        component = components[each.bucket, each.key]
        words = _difference_words(by_path[each.path], each, component)
        if words:
            yield Misfit(
                subject=each.path,
                facts=(("file", each.label),) if each.label else (),
                reason="; ".join(words),
            )


def _difference_words(root: Root, adopted: AdoptedRoot, component: Component) -> tuple[str, ...]:
    configuration = next(each for each in root.configurations if each.label == adopted.label)
    arguments = backend_arguments(component.backend, component.key, engine_ranges(root.pins))
    if isinstance(arguments, Unfit):
        return (arguments.reason,)
    return argument_differences(configuration, arguments.values)
