"""Leave out of a draft what would be no component of it, or one that is taken for another root's.

What stays is read back: the declaration that is returned has a component for every root that it speaks of, and none
with another state than the root has that it is placed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.core.adoption import AdoptedRoot, Adoption, Draft, Misfit
from holdfast.core.component_fields import BACKEND_FIELD
from holdfast.core.components import components_of
from holdfast.core.declaration import DECLARATION_NAME, Declaration, DeclaredComponent
from holdfast.core.repository import Place, Repository
from holdfast.core.settings import settings_of
from holdfast.core.source import SourceSpan
from holdfast.declaration.reading import declaration_of
from holdfast.errors import DeclarationInvalidError, DraftRefusedError
from holdfast.generate.declaration_text import declaration_text

ROUNDS_MAX = 10  # each leaves something out, and what it was in conflict with then stays

Fields = tuple[tuple[str, str], ...]
States = Mapping[
    str, set[tuple[str, str]]
]  # root's path → bucket and key of each of its configurations


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Something that is left out: the listed component of this number, or else the root that was found."""

    words: str
    number: int | None
    root: str | None


def with_sound_components(
    adoption: Adoption, directory: Path, repository: Repository
) -> tuple[Adoption, Declaration]:
    """Return what stays of a draft, and the declaration that it is."""
    try:
        return _sound(adoption, directory, repository)
    except DraftRefusedError as error:
        # Keys in use can have what no declared one may have: characters of their own, or fields of one root alone.
        adoption = _without_keys(adoption, error)
        return adoption, read_back(adoption.draft, directory)


def read_back(draft: Draft, directory: Path) -> Declaration:
    """Read a draft as the declaration that it would be; raise `DraftRefusedError`."""
    path = directory / DECLARATION_NAME
    try:
        return declaration_of(declaration_text(draft), path=path, directory=directory)
    except DeclarationInvalidError as error:
        raise DraftRefusedError(error.facts) from error


def _sound(
    adoption: Adoption, directory: Path, repository: Repository
) -> tuple[Adoption, Declaration]:
    roots = tuple(each.path for each in repository.roots if each.place is Place.LIVE)
    states = _states_of(repository)
    problems: Sequence[_Problem] = ()
    for _ in range(ROUNDS_MAX):
        problems = tuple(_problems(adoption.draft, directory, roots, states))
        if not problems:
            return adoption, read_back(adoption.draft, directory)
        adoption = _without(adoption, problems)
    raise DraftRefusedError([(each.root or "", each.words) for each in problems])


def _states_of(repository: Repository) -> States:
    states: dict[str, set[tuple[str, str]]] = {}
    for setting in settings_of(repository):
        key = setting.configuration.text("key")
        if setting.certain and key is not None:
            states.setdefault(setting.root.path, set()).add((setting.bucket, key))
    return states


def _problems(
    draft: Draft, directory: Path, roots: Sequence[str], states: States
) -> Iterator[_Problem]:
    """Yield what is wrong with the components of a draft, which are not read back for that."""
    bare = replace(draft, components=(), key_pattern=None, pipeline_pattern=None)
    found = read_back(bare, directory)
    tried = replace(
        found,
        naming=replace(found.naming, key=draft.key_pattern, pipeline=draft.pipeline_pattern),
        components=tuple(
            DeclaredComponent.of(fields, SourceSpan("", number))
            for number, fields in enumerate(draft.components, start=1)
        ),
    )
    made = components_of(tried, roots)
    for mistake in made.mistakes:
        number = mistake.span.line if mistake.span is not None else None
        yield _Problem(words=mistake.words, number=number, root=mistake.root)
    for each in made.components:
        state = (each.backend.bucket, each.key)
        if each.root is not None and state not in states.get(each.root, {state}):
            number = each.span.line if each.span is not None else None
            words = f"its component would be placed in `{each.root}`, which has another state"
            yield _Problem(words=words, number=number, root=each.root)


def _without(adoption: Adoption, problems: Sequence[_Problem]) -> Adoption:
    """Leave out listed components, and the roots of those that were found."""
    draft = adoption.draft
    listed = {each.number: each.words for each in problems if each.number is not None}
    reasons = {
        each.root: each.words for each in problems if each.number is None and each.root is not None
    }
    kept: list[Fields] = []
    misfits: list[Misfit] = []
    left: list[AdoptedRoot] = []
    for number, fields in enumerate(draft.components, start=1):
        if number not in listed:
            kept.append(fields)
            continue
        own = {each for each in fields if each[0] != BACKEND_FIELD}
        of_component = [each for each in adoption.roots if own == _own(each)]
        left += of_component
        reasons |= {each.path: listed[number] for each in of_component}
        if not of_component:
            name = "/".join(value for _, value in fields)
            misfits.append(Misfit(subject=name, facts=fields, reason=listed[number]))
    misfits += [Misfit(subject=path, facts=(), reason=why) for path, why in reasons.items()]
    exceptions = {**dict(draft.exceptions), **reasons}
    found = {path for path in reasons if not any(each.path == path for each in left)}
    return replace(
        adoption,
        draft=replace(draft, exceptions=tuple(sorted(exceptions.items())), components=tuple(kept)),
        roots=tuple(each for each in adoption.roots if each not in left and each.path not in found),
        misfits=(*adoption.misfits, *misfits),
    )


def _own(root: AdoptedRoot) -> set[tuple[str, str]]:
    return {each for each in root.fields if each[0] != BACKEND_FIELD}


def _without_keys(adoption: Adoption, refused: DraftRefusedError) -> Adoption:
    """Return the backends alone, for keys that no pattern of a declaration can give."""
    draft = adoption.draft
    if draft.key_pattern is None:
        raise refused
    words = "; ".join(each for _, each in refused.facts)
    reason = f"a declaration does not take the pattern of the keys that are in use: {words}"
    pattern = Misfit(
        subject="naming.key", facts=(("in use", str(draft.key_pattern)),), reason=reason
    )
    roots = tuple(
        Misfit(
            subject=each.path,
            facts=(("bucket", each.bucket), ("key", each.key)),
            reason="there is no pattern for keys",
        )
        for each in adoption.roots
    )
    return replace(
        adoption,
        draft=replace(
            draft,
            key_pattern=None,
            pipeline_pattern=None,
            environments=(),
            roots=(),
            exceptions=(),
            components=(),
            fields=(),
        ),
        roots=(),
        misfits=(*adoption.misfits, pattern, *roots),
    )
