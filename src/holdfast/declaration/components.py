"""`fields` and `components`: values that are known, and components whose keys are legal and distinct."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holdfast.core.backends import Access, Locking
from holdfast.core.component_fields import (
    BACKEND_FIELDS,
    ENVIRONMENT_FIELD,
    REGION_FIELD,
    ComponentFields,
    ComponentMistake,
)
from holdfast.core.component_words import PIPELINE_FIELDS
from holdfast.core.components import components_of
from holdfast.core.declaration import (
    COMPONENT_SETTINGS,
    AllowedValues,
    Declaration,
    DeclaredAccount,
    DeclaredBackend,
    DeclaredComponent,
    DeclaredEnvironment,
)
from holdfast.core.likeness import did_you_mean, listed, nearest, nearest_first
from holdfast.core.names import state_key_problems
from holdfast.core.patterns import Pattern, PatternMistake, expand
from holdfast.core.source import SourceSpan
from holdfast.declaration.accounts import span_of
from holdfast.declaration.document import MappingNode, ScalarNode, quoted_word
from holdfast.declaration.mistakes import Position
from holdfast.declaration.naming import Naming, NamingPattern
from holdfast.declaration.sound import SoundValues, items_of, mapping_of

HARMLESS_VALUE = "us-east-1"  # a region as well, for what needs one
SLIP_SIMILARITY_MIN = 0.8  # `instnace` is a slip of the pen, `stage` another word than `instance`


def allowed_values_of(
    root: MappingNode,
    values: SoundValues,
    *,
    environments: tuple[DeclaredEnvironment, ...],
    path: str,
) -> tuple[AllowedValues, ...]:
    """Read `fields`; what is wrong with it goes to `values`."""
    node = mapping_of(root.value("fields"))
    names = tuple(each.name for each in environments)
    found = []
    for entry in node.entries if node is not None else ():
        texts = values.texts(entry.value)
        if entry.key.text == ENVIRONMENT_FIELD and names:
            for each in texts:
                if each.text not in names:
                    known = listed(nearest_first(each.text, names))
                    words = f"{quoted_word(each.text)} is not one of `environments`: {known}"
                    values.complain(each.position, words)
        found.append(
            AllowedValues(
                field=entry.key.text,
                values=tuple(dict.fromkeys(each.text for each in texts)),
                span=span_of(entry.key.position, path),
            )
        )
    return tuple(found)


def declared_components_of(
    root: MappingNode, values: SoundValues, *, path: str
) -> tuple[DeclaredComponent, ...]:
    """Read `components`, those without a mistake in their form."""
    found = []
    for item in items_of(root.value("components")):
        entries = tuple(
            (entry.key.text, entry.value.text)
            for entry in item.entries
            if isinstance(entry.value, ScalarNode) and values.is_sound(entry.value.position)
        )
        if len(entries) == len(item.entries) and entries:
            found.append(DeclaredComponent.of(entries, span_of(item.position, path)))
    return tuple(found)


def with_stand_ins(declaration: Declaration, names: tuple[str, ...]) -> Declaration:
    """Return a declaration with a backend for each of these names, so that components are checked all the same.

    Which bucket and account a backend has makes no difference to what is wrong with its components.
    """
    known = {each.name: each for each in declaration.backends}
    return replace(
        declaration, backends=tuple(known.get(name) or _stand_in(name) for name in names)
    )


def check_components(
    root: MappingNode, values: SoundValues, declaration: Declaration, naming: Naming
) -> None:
    """Say what is wrong with the patterns for components, or else with the components themselves.

    Everything that the declaration says of them must be sound: a mistake in a pattern or an environment would be told
    again for every component.
    """
    before = len(values.mistakes)
    for name, pattern in _patterns(declaration):
        for field in dict.fromkeys(each.field for each in pattern.placeholders):
            if field in COMPONENT_SETTINGS:
                words = f"`{name}`: `{field}` is a setting of a component, and no field"
                values.complain(root.position, words)
    for setting, own in (("key", naming.key), ("pipeline", naming.pipeline)):
        if own is not None:
            for each in _unknown_fields(own, declaration):
                words = f"`naming.{setting}`: {each.words}"
                values.complain(own.node.position_of(each.column), words)
    if naming.key is not None:
        for problem in _problems_of_every_key(naming.key.pattern):
            words = f"`naming.key`: every key that it gives {problem}"
            values.complain(naming.key.node.position, words)
    if len(values.mistakes) == before:
        _check_components(root, values, declaration)


def _patterns(declaration: Declaration) -> Iterator[tuple[str, Pattern]]:
    """Yield the patterns that have the fields of components."""
    for name, pattern in (
        ("naming.key", declaration.naming.key),
        ("naming.pipeline", declaration.naming.pipeline),
    ):
        if pattern is not None:
            yield name, pattern
    for pattern in declaration.layout.roots:
        yield "layout.roots", pattern


def _stand_in(name: str) -> DeclaredBackend:
    nowhere = SourceSpan("")
    account = DeclaredAccount(
        name="stand-in", account="000000000000", access=Access(), span=nowhere
    )
    return DeclaredBackend(
        name=name,
        account=account,
        region="us-east-1",
        locking=Locking.NONE,
        bucket="stand-in",
        table=None,
        kms_key=None,
        account_regional=False,
        tags=(),
        span=nowhere,
    )


def _check_components(root: MappingNode, values: SoundValues, declaration: Declaration) -> None:
    mistakes = components_of(declaration).mistakes
    if not mistakes:
        return
    items = {each.position: each for each in items_of(root.value("components"))}
    known = ComponentFields(declaration).names
    for each in mistakes:
        span = each.span
        if span is not None:
            at = Position(span.line, span.column)
            values.complain(_position(each, at, items.get(at), known), each.words)


def _position(
    mistake: ComponentMistake, at: Position, item: MappingNode | None, known: tuple[str, ...]
) -> Position:
    """Return the place of the field that is meant: of its name when there is no such field."""
    for entry in item.entries if item is not None else ():
        if entry.key.text == mistake.field:
            return entry.value.position if entry.key.text in known else entry.key.position
    return at


def _unknown_fields(pattern: NamingPattern, declaration: Declaration) -> Iterator[PatternMistake]:
    """Yield the fields of a pattern that no component has, where it can be told which there are.

    One in an optional part may be for components to come; it is a mistake when it looks like a slip of the pen.
    """
    used = _fields_in_use(declaration)
    if not used:
        return
    known = tuple(dict.fromkeys((*used, *BACKEND_FIELDS, *PIPELINE_FIELDS)))
    required = {each.column for each in pattern.pattern.required}
    for each in pattern.pattern.placeholders:
        if each.field in used or each.field in BACKEND_FIELDS:
            continue
        if each.column in required:
            hint = did_you_mean(each.field, tuple(used)) or f"; there are {listed(known[:10])}"
            yield PatternMistake(each.column, f"no component has the field `{each.field}`{hint}")
        elif each.field not in known:
            near = nearest(each.field, known, similarity_min=SLIP_SIMILARITY_MIN)
            if near is not None:
                words = f"no component has the field `{each.field}`; did you mean `{near}`?"
                yield PatternMistake(each.column, words)


def _problems_of_every_key(pattern: Pattern) -> tuple[str, ...]:
    """Return what is wrong with a pattern's own text, whatever the fields are."""
    fields = {each.field for each in pattern.placeholders}
    harmless = dict.fromkeys(fields, HARMLESS_VALUE)
    required = {each.field: HARMLESS_VALUE for each in pattern.required}
    keys = [expand(pattern, each) for each in (harmless, required)]
    problems = [set(state_key_problems(each)) for each in keys if isinstance(each, str)]
    return tuple(sorted(set.intersection(*problems))) if problems else ()


def _fields_in_use(declaration: Declaration) -> tuple[str, ...]:
    # What has its key literally needs no field of a pattern.
    by_pattern = [each for each in declaration.components if each.key is None]
    names = [name for component in by_pattern for name, _ in component.fields]
    names += [each.field for root in declaration.layout.roots for each in root.placeholders]
    if names:
        names += [each.field for each in declaration.fields]
        names += [ENVIRONMENT_FIELD, REGION_FIELD] if declaration.environments else []
    return tuple(dict.fromkeys(names))
