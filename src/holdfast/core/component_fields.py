"""The fields that components have: which there are, which values they take, which backend they select. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from holdfast.core.declaration import Declaration, DeclaredBackend
from holdfast.core.likeness import did_you_mean, listed, listed_shortly, nearest_first
from holdfast.core.source import SourceSpan

BACKEND_FIELD = "backend"
ENVIRONMENT_FIELD = "environment"
REGION_FIELD = "region"
RANKINGS_MAX = 100
# What a pattern for keys may name besides the component's own fields: it comes from the backend.
BACKEND_FIELDS = ("organization", "account", "account_id", BACKEND_FIELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentMistake:
    """What is wrong with one component, in words that name it.

    `field` is the one whose name or value is meant; `valid` are the values or names that are known, the
    nearest one first. `span` is where it is declared, `root` the root that it was found by. `state` is the backend's
    name and the key, in lower case, that it has in common with another component.
    """

    words: str
    field: str | None = None
    valid: tuple[str, ...] = ()
    span: SourceSpan | None = None
    root: str | None = None
    state: tuple[str, str] | None = None


class ComponentFields:
    """What a declaration says about the fields of its components."""

    def __init__(self, declaration: Declaration) -> None:
        self._backends = {each.name: each for each in declaration.backends}
        self._environments = {each.name: each for each in declaration.environments}
        self._allowed: dict[str, tuple[str, ...]] = {
            each.field: each.values for each in declaration.fields
        }
        if self._environments:
            declared = self._allowed.get(ENVIRONMENT_FIELD, tuple(self._environments))
            self._allowed[ENVIRONMENT_FIELD] = tuple(
                each for each in declared if each in self._environments
            )
        self._allowed_sets = {field: frozenset(each) for field, each in self._allowed.items()}
        self.names = _known_names(declaration)
        self._ranked = 0
        self._mistakes: dict[tuple[str, str], ComponentMistake | None] = {}

    @property
    def allowed(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values that a field may have, for the fields of which this is declared."""
        return self._allowed

    def mistakes(self, fields: Iterable[tuple[str, str]]) -> tuple[ComponentMistake, ...]:
        """Return which fields are not known, and which values they may not have."""
        found = (self._mistake(name, value) for name, value in fields)
        return tuple(each for each in found if each is not None)

    def value_mistake(
        self, field: str, value: str, valid: Iterable[str]
    ) -> ComponentMistake | None:
        """Return what is wrong with a value that is none of those that are valid."""
        choices = tuple(valid)
        if value in choices:
            return None
        self._ranked += 1  # comparing takes its time, and thousands of components may be mistaken
        nearest = nearest_first(value, choices) if self._ranked <= RANKINGS_MAX else choices
        shown = f"there are {listed_shortly(nearest)}" if nearest else "none is declared"
        return ComponentMistake(
            words=f"`{value}` is not a known `{field}`; {shown}", field=field, valid=nearest
        )

    def backend_of(self, fields: Mapping[str, str]) -> DeclaredBackend | ComponentMistake:
        """Return the backend that keeps the state of a component with these fields."""
        name = fields.get(BACKEND_FIELD)
        if name is not None:
            wrong = self.value_mistake(BACKEND_FIELD, name, self._backends)
            return wrong if wrong is not None else self._backends[name]
        if self._environments:
            return self._backend_of_environment(fields)
        if len(self._backends) == 1:
            return next(iter(self._backends.values()))
        words = (
            "`environments` must say which backend it has, since there are"
            f" {len(self._backends)}: {listed_shortly(tuple(self._backends))}"
            if self._backends
            else "no backend is declared"
        )
        return ComponentMistake(words=words)

    def _backend_of_environment(
        self, fields: Mapping[str, str]
    ) -> DeclaredBackend | ComponentMistake:
        name = fields.get(ENVIRONMENT_FIELD)
        if name is None:
            return ComponentMistake(
                words=f"it has no `{ENVIRONMENT_FIELD}`, which selects the backend",
                valid=tuple(self._environments),
            )
        wrong = self.value_mistake(ENVIRONMENT_FIELD, name, self._environments)
        if wrong is not None:
            return wrong
        environment = self._environments[name]
        region = fields.get(REGION_FIELD)
        chosen = environment.backend_name(region)
        if chosen is None:
            regions = tuple(each for each, _ in environment.backends if each is not None)
            subject = f"region `{region}`" if region is not None else "a component without `region`"
            nearest = nearest_first(region or "", regions)
            words = f"environment `{name}` has no backend for {subject}; it has {listed(nearest)}"
            return ComponentMistake(words=words, field=REGION_FIELD, valid=nearest)
        if chosen not in self._backends:
            near = did_you_mean(chosen, tuple(self._backends))
            words = f"environment `{name}` names backend `{chosen}`, which is not declared{near}"
            return ComponentMistake(words=words)
        return self._backends[chosen]

    def _mistake(self, name: str, value: str) -> ComponentMistake | None:
        key = (name, value)
        if key not in self._mistakes:  # the same few come again and again
            self._mistakes[key] = self._mistake_of(name, value)
        return self._mistakes[key]

    def _mistake_of(self, name: str, value: str) -> ComponentMistake | None:
        if name not in self.names:
            nearest = nearest_first(name, self.names)
            words = (
                f"`{name}` is not a field of the patterns `naming.key`, `naming.pipeline` and"
                f" `layout.roots`, nor of `fields`; there are {listed_shortly(nearest)}"
            )
            return ComponentMistake(words=words, field=name, valid=nearest)
        if not value or "/" in value:
            what = f"is `{value}`, and a value has no `/`" if value else "has no value"
            return ComponentMistake(words=f"`{name}` {what}", field=name)
        if name in self._allowed and value not in self._allowed_sets[name]:
            return self.value_mistake(name, value, self._allowed[name])
        return None


def values_for_patterns(
    fields: Mapping[str, str], backend: DeclaredBackend, organization: str | None
) -> dict[str, str]:
    """Return the values that `naming.key` is expanded with: the component's own come first."""
    return {
        **({"organization": organization} if organization is not None else {}),
        "account": backend.account.name,
        "account_id": backend.account.account,
        BACKEND_FIELD: backend.name,
        **fields,
    }


def _known_names(declaration: Declaration) -> tuple[str, ...]:
    """Return the names of fields that mean something, those of the key first."""
    naming = declaration.naming
    names = [
        each.field
        for pattern in (naming.key, naming.pipeline)
        if pattern is not None
        for each in pattern.placeholders
        if each.field not in BACKEND_FIELDS
    ]
    names += [each.field for root in declaration.layout.roots for each in root.placeholders]
    names += [each.field for each in declaration.fields]
    names += [ENVIRONMENT_FIELD] if declaration.environments else []
    by_region = any(each.backend_name(None) is None for each in declaration.environments)
    names += [REGION_FIELD] if by_region else []
    return tuple(dict.fromkeys([*names, BACKEND_FIELD]))
