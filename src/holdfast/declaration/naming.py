"""The patterns of `naming`: read, and held against the fields that a backend has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.declaration import NamingPatterns
from holdfast.core.likeness import did_you_mean, listed
from holdfast.core.patterns import (
    HASH_FIELD,
    REGION_CODE_FIELD,
    Pattern,
    PatternMistake,
    Placeholder,
    parse_pattern,
)
from holdfast.declaration.checking import meant_setting
from holdfast.declaration.document import MappingNode, ScalarNode
from holdfast.declaration.settings import DECLARATION, NAMING
from holdfast.declaration.sound import SoundValues, mapping_of

ORGANIZATION = "organization"
NAME_FIELDS = (ORGANIZATION, "account", "account_id", "region", "backend")
FIELDS_OFFERED = (*NAME_FIELDS, REGION_CODE_FIELD, HASH_FIELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPattern:
    """One pattern that was found without a mistake."""

    node: ScalarNode
    pattern: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the file says about names.

    `settings` are the patterns that it means to give; one of them that is None has a mistake.
    """

    bucket: NamingPattern | None
    lock_table: NamingPattern | None
    key: NamingPattern | None
    pipeline: NamingPattern | None
    organization: str | None
    settings: frozenset[str]

    @property
    def patterns(self) -> NamingPatterns:
        """Return the patterns as the model has them."""
        return NamingPatterns(
            bucket=_pattern_of(self.bucket),
            lock_table=_pattern_of(self.lock_table),
            key=_pattern_of(self.key),
            pipeline=_pattern_of(self.pipeline),
        )


def naming_of(root: MappingNode, values: SoundValues) -> Naming:
    """Read `organization` and `naming`; what is wrong with them goes to `values`.

    Whether the fields of `key` and `pipeline` are fields of components is not looked at here.
    """
    node = root.value("naming")
    naming = mapping_of(node)
    organization = values.text(root, ORGANIZATION)
    # One that is meant by a misspelt key is not missing as well.
    meant = {meant_setting(each.key.text, DECLARATION) for each in root.entries}
    missing = "" if ORGANIZATION in meant else ORGANIZATION
    patterns = {
        name: _read(
            naming, name, values, missing=missing, of_backend=name in {"bucket", "lock_table"}
        )
        for name in NAMING.names
    }
    if organization is None and not missing:  # mistaken: what it would give is not known
        patterns = dict.fromkeys(patterns)
    if naming is not None:
        settings = frozenset(entry.key.text for entry in naming.entries)
    else:
        settings = frozenset(NAMING.names if node is not None else ())
    return Naming(
        bucket=patterns["bucket"],
        lock_table=patterns["lock_table"],
        key=patterns["key"],
        pipeline=patterns["pipeline"],
        organization=organization.text if organization is not None else None,
        settings=settings,
    )


def pattern_of(node: ScalarNode, subject: str, values: SoundValues) -> Pattern | None:
    """Read a pattern; what is wrong with it goes to `values`."""
    parsed = parse_pattern(node.text)
    if isinstance(parsed, Pattern):
        return parsed
    for each in parsed:
        values.complain(node.position_of(each.column), f"{subject}: {each.words}")
    return None


def field_mistakes(
    placeholders: tuple[Placeholder, ...], known: tuple[str, ...], *, of: str
) -> Iterator[PatternMistake]:
    """Yield a mistake for each field that is none of those known."""
    for each in placeholders:
        if each.field not in known:
            near = did_you_mean(each.field, known)
            yield PatternMistake(
                each.column,
                f"`{each.field}` is not a field of {of}" + (near or f"; there are {listed(known)}"),
            )


def _pattern_of(naming: NamingPattern | None) -> Pattern | None:
    return naming.pattern if naming is not None else None


def _read(
    naming: MappingNode | None, name: str, values: SoundValues, *, missing: str, of_backend: bool
) -> NamingPattern | None:
    node = values.text(naming, name)
    pattern = pattern_of(node, f"`naming.{name}`", values) if node is not None else None
    if node is None or pattern is None:
        return None
    mistakes = [
        PatternMistake(each.column, f"`{missing}` has no value; add `{missing}:` to the file")
        for each in pattern.required
        if each.field == missing
    ]
    if of_backend:
        mistakes += field_mistakes(pattern.placeholders, FIELDS_OFFERED, of="a name")
    for each in mistakes:
        values.complain(node.position_of(each.column), f"`naming.{name}`: {each.words}")
    return NamingPattern(node=node, pattern=pattern) if not mistakes else None
