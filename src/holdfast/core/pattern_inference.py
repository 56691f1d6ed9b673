"""The patterns that explain where a fleet's roots are and which keys they have. Pure.

Nothing is claimed that does not hold: a root is explained when its path has the form of a pattern and the
fields of the path, together with those that have to be listed, give exactly its key. Every other root is
returned with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from holdfast.core.pattern_inference_alignment import (
    KeyedRoot,
    PathSegment,
    Template,
    Text,
    Unexplained,
    Word,
    templates_of,
)
from holdfast.core.pattern_inference_fields import PathForm, free_names, path_form
from holdfast.core.pattern_inference_merging import FormSegment, KeyForm, merged_forms
from holdfast.core.pattern_matching import match
from holdfast.core.patterns import Pattern, expand, parse_pattern

NO_KEY = Pattern(())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRoot:
    """A root whose key the patterns give.

    `fields` are all of its fields. `listed` tells that some of them are not in its path, so that the
    component has to be listed.
    """

    root: KeyedRoot
    fields: tuple[tuple[str, str], ...]
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedRoot:
    """A root whose key the patterns do not give, and why."""

    root: KeyedRoot
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutInference:
    """The patterns of roots, the one of keys, and what they explain, in the order of the roots given."""

    roots: tuple[Pattern, ...]
    key: Pattern
    explained: tuple[ExplainedRoot, ...] = ()
    unexplained: tuple[UnexplainedRoot, ...] = ()


_Forms: TypeAlias = Mapping[int, PathForm]  # by depth


def infer_layout(pairs: Sequence[KeyedRoot]) -> LayoutInference:
    """Return the patterns that explain the most keys from the paths of their roots."""
    usable = [each for each in pairs if _can_be_in_a_pattern(each)]
    if not usable:
        return _without_patterns(pairs)
    templates = templates_of(usable)
    clusters = Counter(
        (len(pair.segments), template) for pair, template in zip(usable, templates, strict=True)
    )
    ordered = sorted(clusters, key=lambda each: (-clusters[each], each[0], len(each[1]), str(each)))
    forms = _path_forms(usable, templates, ordered)
    key_forms = [
        KeyForm(segments=_key_form(template, forms[depth]), support=clusters[depth, template])
        for depth, template in ordered
    ]
    key = parse_pattern(merged_forms(key_forms).pattern_text())
    if not isinstance(key, Pattern):
        return _without_patterns(pairs)
    return _explanation(pairs, forms, key)


def _can_be_in_a_pattern(pair: KeyedRoot) -> bool:
    """Tell whether path and key have no character that patterns use, and the key no empty segment."""
    return not set("{}[]") & {*pair.path, *pair.key} and all(pair.key.split("/"))


def _without_patterns(pairs: Sequence[KeyedRoot]) -> LayoutInference:
    reason = "no pattern for keys was found"
    return LayoutInference(
        roots=(),
        key=NO_KEY,
        unexplained=tuple(UnexplainedRoot(root=each, reason=reason) for each in pairs),
    )


def _path_forms(
    pairs: Sequence[KeyedRoot],
    templates: Sequence[Template],
    ordered: Sequence[tuple[int, Template]],
) -> _Forms:
    """Return how the paths of each depth are read, by the form that most of their keys have."""
    leading: dict[int, Template] = {}
    for depth, template in ordered:
        leading.setdefault(depth, template)
    paths: dict[int, list[tuple[str, ...]]] = {}
    for pair, template in zip(pairs, templates, strict=True):
        if leading[len(pair.segments)] == template:
            paths.setdefault(len(pair.segments), []).append(pair.segments)
    return {depth: path_form(paths[depth], template) for depth, template in leading.items()}


def _key_form(template: Template, form: PathForm) -> tuple[FormSegment, ...]:
    """Return a template as a form of keys, with the names that the fields of its paths have."""
    names = iter(free_names(template, form.fields.values()))
    segments: list[FormSegment] = []
    for atoms in template:
        text, fields = "", list[str]()
        for atom in atoms:
            match atom:
                case Text(literal):
                    text += literal
                    continue
                case PathSegment(place) if place in form.fields:
                    fields.append(form.fields[place])
                case PathSegment(place):
                    text += form.texts[place]
                    continue
                case Word() | Unexplained():
                    fields.append(next(names))
                case _:
                    assert_never(atom)
            text += f"{{{fields[-1]}}}"
        segments.append(FormSegment(text=text, fields=tuple(fields)))
    return tuple(segments)


def _explanation(pairs: Sequence[KeyedRoot], forms: _Forms, key: Pattern) -> LayoutInference:
    """Hold every root against the patterns."""
    explained: list[ExplainedRoot] = []
    unexplained: list[UnexplainedRoot] = []
    depths: dict[int, int] = {}  # → roots of this depth that are explained
    for pair in pairs:
        found = _explained(pair, forms, key)
        if isinstance(found, ExplainedRoot):
            explained.append(found)
            depths[len(pair.segments)] = depths.get(len(pair.segments), 0) + 1
        else:
            unexplained.append(found)
    if not explained:
        return _without_patterns(pairs)
    in_use = sorted(depths, key=lambda depth: (-depths[depth], depth))
    patterns = (parse_pattern(forms[depth].pattern_text()) for depth in in_use)
    return LayoutInference(
        roots=tuple(each for each in patterns if isinstance(each, Pattern)),
        key=key,
        explained=tuple(explained),
        unexplained=tuple(_with_form(each, forms, in_use) for each in unexplained),
    )


def _explained(pair: KeyedRoot, forms: _Forms, key: Pattern) -> ExplainedRoot | UnexplainedRoot:
    form = forms.get(len(pair.segments))
    values = form.values_of(pair.segments) if form is not None else None
    if values is None:
        return UnexplainedRoot(root=pair, reason="")
    given = expand(key, values)
    if given == pair.key:
        return ExplainedRoot(root=pair, fields=_in_order(values, key), listed=False)
    listed = _with_fields_of_key(pair.key, values, key)
    if listed is not None:
        return ExplainedRoot(root=pair, fields=_in_order(listed, key), listed=True)
    if isinstance(given, str):
        return UnexplainedRoot(root=pair, reason=f"the pattern gives the key `{given}`")
    return UnexplainedRoot(root=pair, reason=f"its key is not of the form `{key}`")


def _with_fields_of_key(
    key: str, values: Mapping[str, str], pattern: Pattern
) -> dict[str, str] | None:
    """Return the fields of a path together with those that the key has besides; None when they differ."""
    found = match(pattern, key)
    if found is not None and any(found.get(name, value) != value for name, value in values.items()):
        # Another way to read the key may have the fields of the path.
        found = match(pattern, key, {name: (value,) for name, value in values.items()})
    if found is None:
        return None
    together = {**values, **found}
    return together if expand(pattern, together) == key else None


def _in_order(values: Mapping[str, str], key: Pattern) -> tuple[tuple[str, str], ...]:
    """Return the fields in the order of the key, then the others."""
    names = dict.fromkeys((*(each.field for each in key.placeholders), *values))
    return tuple((name, values[name]) for name in names if name in values)


def _with_form(
    unexplained: UnexplainedRoot, forms: _Forms, in_use: Sequence[int]
) -> UnexplainedRoot:
    if unexplained.reason:
        return unexplained
    depth = len(unexplained.root.segments)
    nearest = min(in_use, key=lambda each: (abs(each - depth), in_use.index(each)))
    form = forms[nearest].pattern_text()
    return replace(unexplained, reason=f"its path is not of the form `{form}`")
