"""Components: declared units that yield a key, and the backend that keeps it. Pure.

A component is listed in the declaration, or found: a root whose path has the form that `layout.roots` gives. The
values of `naming.key` are its own fields first, then `organization`, and `account`, `account_id` and
`backend` of its backend. What is listed may have its key and its root literally, whatever the patterns give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.core.component_fields import (
    ComponentFields,
    ComponentMistake,
    values_for_patterns,
)
from holdfast.core.component_layout import found_fields, root_by_layout
from holdfast.core.component_words import (
    PIPELINE_FIELDS,
    expanded,
    label,
    label_of,
    pipeline_by_default,
)
from holdfast.core.declaration import (
    KEY_SETTING,
    Declaration,
    DeclaredBackend,
    DeclaredComponent,
)
from holdfast.core.names import state_key_problems
from holdfast.core.source import SourceSpan

KEY_MISSING = "there is no `naming.key`, so no component has a key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component with everything that its fields yield.

    `fields` are those that have a value, in the order of the key pattern, then others. `root` is the POSIX
    path of its directory relative to the declaration's; None when the layout does not say where it is.
    `span` is where it is declared; None for one that was found by its root's path.
    """

    fields: tuple[tuple[str, str], ...]
    backend: DeclaredBackend
    key: str
    pipeline: str
    root: str | None
    span: SourceSpan | None

    def field(self, name: str) -> str | None:
        """Return the value of a field, or None when the component has none."""
        return dict(self.fields).get(name)

    @property
    def identity(self) -> tuple[str, str]:
        """Return what no two components share: the backend's name, and the key without upper and lower case."""
        return self.backend.name, self.key.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """All components, listed ones first; and the mistakes of those that are none for that reason."""

    components: tuple[Component, ...] = ()
    mistakes: tuple[ComponentMistake, ...] = ()


def components_of(declaration: Declaration, roots: Sequence[str] = ()) -> Components:
    """Return the listed components, and those found among the root paths of the repository.

    A root that is the one of a listed component is not found once more, nor is a setup module. No two
    components share a key of one backend, not even but for upper and lower case; none shares a literal root.
    """
    building = _Building(declaration, roots)
    made: list[Component] = []
    mistakes: list[ComponentMistake] = [*building.mistakes_without_key()]
    by_key: dict[tuple[str, str], Component] = {}
    owners: dict[str, DeclaredComponent] = {}
    for listed in declaration.components:
        if listed.root is not None:
            owners.setdefault(listed.root, listed)
    for each in building.every_component():
        if isinstance(each, ComponentMistake):
            mistakes.append(each)
            continue
        owner = owners.get(each.root or "")
        if owner is not None and owner.span != each.span:
            mistakes.append(_root_taken(each, owner))
            continue
        first = by_key.setdefault(each.identity, each)
        if first is each:
            made.append(each)
        else:
            mistakes.append(_collision(each, first))
    return Components(components=tuple(made), mistakes=tuple(mistakes))


def roots_in_common(components: Iterable[Component]) -> frozenset[str]:
    """Return the roots that several components have: each of those needs a file of its own there."""
    states = {(each.root, each.backend.name, each.key) for each in components}
    counts = Counter(root for root, _, _ in states if root is not None)
    return frozenset(root for root, count in counts.items() if count > 1)


def component_for(
    declaration: Declaration, fields: Mapping[str, str], roots: Sequence[str] = ()
) -> Component | tuple[ComponentMistake, ...]:
    """Return the component with these fields, or everything that is wrong with them.

    It need not be listed, but its values must be known: those of `fields`, the names of `environments`, or
    else the values that components have already; a field that no component has yet takes any value.
    """
    building = _Building(declaration, roots)
    given = {name: value for name, value in fields.items() if value}
    listed = [each for each in declaration.components if dict(each.fields) == given]
    if len(listed) > 1:
        words = f"{len(listed)} components have these fields: name one of them by its root"
        return (ComponentMistake(words=words),)
    if listed:
        return building.listed(listed[0])
    if building.key is None:
        return (ComponentMistake(words=KEY_MISSING),)
    mistakes = [*building.fields.mistakes(given.items())]
    wrong = {each.field for each in mistakes}
    used = building.values_in_use()
    for name, value in given.items():
        valid = used.get(name)
        if valid and name not in wrong and name not in building.fields.allowed:
            mistake = building.fields.value_mistake(name, value, valid)
            mistakes += [mistake] if mistake is not None else []
    if mistakes:
        return tuple(mistakes)
    return building.component(given)


class _Building:
    """Builds components of one declaration."""

    def __init__(self, declaration: Declaration, roots: Sequence[str]) -> None:
        self.fields = ComponentFields(declaration)
        self.key = declaration.naming.key
        self._declaration = declaration
        self._roots = tuple(roots)
        self._root_set = frozenset(roots)
        self._order = {
            name: index
            for index, name in enumerate(
                dict.fromkeys(each.field for each in (self.key.placeholders if self.key else ()))
            )
        }

    def mistakes_without_key(self) -> tuple[ComponentMistake, ...]:
        """Return that there is no pattern for keys, when something needs it."""
        if self.key is not None:
            return ()
        components = [each for each in self._declaration.components if each.key is None]
        if components:
            return (ComponentMistake(words=KEY_MISSING, span=components[0].span),)
        literal = {each.root for each in self._declaration.components if each.root is not None}
        if any(True for _ in self._found_fields(claimed=literal)):
            return (ComponentMistake(words=KEY_MISSING),)
        return ()

    def every_component(self) -> Iterator[Component | ComponentMistake]:
        """Yield the listed components and then those that were found, each or its mistakes."""
        listed_fields: set[frozenset[tuple[str, str]]] = set()
        claimed: set[str] = set()
        for each in self._declaration.components:
            if self.key is None and each.key is None:
                continue  # said once for all
            if each.key is None and each.root is None:
                listed_fields.add(frozenset(each.fields))
            made = self.listed(each)
            if isinstance(made, Component):
                claimed |= {made.root} if made.root is not None else set()
                yield made
            else:
                yield from (
                    replace(mistake, span=each.span, words=f"{label_of(each)}: {mistake.words}")
                    for mistake in made
                )
        for root, values in self._found_fields(claimed=claimed) if self.key is not None else ():
            if frozenset(values.items()) in listed_fields:
                continue
            found = self.fields.mistakes(values.items()) or self.component(values, root=root)
            if isinstance(found, Component):
                yield found
            else:
                yield from (
                    replace(mistake, root=root, words=f"root `{root}`: {mistake.words}")
                    for mistake in found
                )

    def values_in_use(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values that listed and found components have, by field."""
        values: dict[str, dict[str, None]] = {}
        for each in self._declaration.components:
            for name, value in each.fields:
                values.setdefault(name, {})[value] = None
        for _, found in self._found_fields(claimed=frozenset()):
            if not self.fields.mistakes(found.items()):
                for name, value in found.items():
                    values.setdefault(name, {})[value] = None
        return {name: tuple(each) for name, each in values.items()}

    def listed(self, each: DeclaredComponent) -> Component | tuple[ComponentMistake, ...]:
        """Return a listed component, or what is wrong with it."""
        # Where the key is literal no pattern needs the usual fields; they name the pipeline.
        fields = [
            (name, value)
            for name, value in each.fields
            if each.key is None or name not in PIPELINE_FIELDS or name in self.fields.names
        ]
        wrong = self.fields.mistakes(fields)
        return wrong or self.component(
            dict(each.fields), span=each.span, root=each.root, literal_key=each.key
        )

    def component(
        self,
        fields: Mapping[str, str],
        *,
        span: SourceSpan | None = None,
        root: str | None = None,
        literal_key: str | None = None,
    ) -> Component | tuple[ComponentMistake, ...]:
        """Return one component whose fields are sound, or what its fields do not yield."""
        backend = self.fields.backend_of(fields)
        if isinstance(backend, ComponentMistake):
            return (backend,)
        values = values_for_patterns(fields, backend, self._declaration.organization)
        key = literal_key or expanded("naming.key", self.key, values)
        pipeline = expanded("naming.pipeline", self._declaration.naming.pipeline, values)
        if literal_key is not None and isinstance(pipeline, ComponentMistake):
            pipeline = None
        mistakes = [each for each in (key, pipeline) if isinstance(each, ComponentMistake)]
        if isinstance(key, str):
            problems = "; ".join(state_key_problems(key))
            mistakes += [ComponentMistake(words=f"its key `{key}` {problems}")] if problems else []
        if not isinstance(key, str) or isinstance(pipeline, ComponentMistake) or mistakes:
            return tuple(mistakes)
        ordered = sorted(
            fields.items(), key=lambda each: self._order.get(each[0], len(self._order))
        )
        path = root or root_by_layout(self._declaration.layout, values, self._root_set)
        by_default = pipeline_by_default(dict(ordered), key=key, root=path)
        return Component(
            fields=tuple(ordered),
            backend=backend,
            key=key,
            pipeline=pipeline if pipeline is not None else by_default,
            root=path,
            span=span,
        )

    def _found_fields(self, *, claimed: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
        return found_fields(
            self._declaration, self._roots, allowed=self.fields.allowed, claimed=claimed
        )


def _collision(second: Component, first: Component) -> ComponentMistake:
    other = f"{_called(first)} {_place(first)}"
    words = (
        f"has the key `{second.key}` of {other}"
        if second.key == first.key
        else f"has the key `{second.key}`, and {other} has `{first.key}`: only upper and lower case differ"
    )
    subject = _called(second) if second.span is not None else f"root `{second.root}`"
    return ComponentMistake(
        words=f"{subject} {words}", span=second.span, root=second.root, state=second.identity
    )


def _called(component: Component) -> str:
    return label(component.fields or ((KEY_SETTING, component.key),))


def _place(component: Component) -> str:
    if component.span is not None:
        return f"on line {component.span.line}"
    return f"in root `{component.root}`"


def _root_taken(second: Component, owner: DeclaredComponent) -> ComponentMistake:
    return ComponentMistake(
        words=f"{_called(second)} has the root `{second.root}`, which is literally that of"
        f" {label_of(owner)} on line {owner.span.line}",
        span=second.span,
        root=second.root,
        state=second.identity,
    )
