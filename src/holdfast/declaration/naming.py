"""The patterns of `naming`: read, and held against the fields that a backend has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.likeness import did_you_mean, listed
from holdfast.core.patterns import (
    HASH_FIELD,
    REGION_CODE_FIELD,
    Pattern,
    PatternMistake,
    parse_pattern,
)
from holdfast.declaration.document import MappingNode, ScalarNode
from holdfast.declaration.settings import NAMING
from holdfast.declaration.sound import SoundValues, mapping_of

ORGANIZATION = "organization"
NAME_FIELDS = (ORGANIZATION, "account", "account_id", "region", "backend")
FIELDS_OFFERED = (*NAME_FIELDS, REGION_CODE_FIELD, HASH_FIELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPattern:
    """One pattern of `naming` that was found without a mistake."""

    node: ScalarNode
    pattern: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What the file says about names.

    `settings` are the patterns that it means to give; one of them that is None has a mistake.
    """

    bucket: NamingPattern | None
    lock_table: NamingPattern | None
    organization: str | None
    settings: frozenset[str]


def naming_of(root: MappingNode, values: SoundValues) -> Naming:
    """Read `organization` and `naming`; what is wrong with them goes to `values`."""
    node = root.value("naming")
    naming = mapping_of(node)
    organization = values.text(root, ORGANIZATION)
    missing = ORGANIZATION if root.value(ORGANIZATION) is None else ""
    bucket = _pattern(naming, "bucket", values, missing=missing)
    lock_table = _pattern(naming, "lock_table", values, missing=missing)
    if organization is None and not missing:  # mistaken: what it would give is not known
        bucket = lock_table = None
    if naming is not None:
        settings = frozenset(entry.key.text for entry in naming.entries)
    else:
        settings = frozenset(NAMING.names if node is not None else ())
    return Naming(
        bucket=bucket,
        lock_table=lock_table,
        organization=organization.text if organization is not None else None,
        settings=settings,
    )


def _pattern(
    naming: MappingNode | None, name: str, values: SoundValues, *, missing: str
) -> NamingPattern | None:
    node = values.text(naming, name)
    if node is None:
        return None
    parsed = parse_pattern(node.text)
    if isinstance(parsed, Pattern):
        mistakes = tuple(_field_mistakes(parsed, missing))
    else:
        mistakes, parsed = parsed, Pattern(())
    for each in mistakes:
        values.complain(node.position_of(each.column), f"`naming.{name}`: {each.words}")
    return NamingPattern(node=node, pattern=parsed) if not mistakes else None


def _field_mistakes(pattern: Pattern, missing: str) -> Iterator[PatternMistake]:
    for each in pattern.placeholders:
        if each.field not in NAME_FIELDS:
            near = did_you_mean(each.field, FIELDS_OFFERED)
            yield PatternMistake(
                each.column,
                f"`{each.field}` is not a field of a name"
                + (near or f"; there are {listed(FIELDS_OFFERED)}"),
            )
    for each in pattern.required:
        if each.field == missing:
            yield PatternMistake(
                each.column, f"`{missing}` has no value; add `{missing}:` to the file"
            )
