"""What was written before about names, held against the names that exist. Pure.

A convention never renames anything: where it disagrees with what exists, the names stand literally in the draft, and
the convention stays for what is to come. A pattern which gives other keys than those in use makes room for the
one that gives them, except of components that were declared with theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.core.adoption import DraftEnvironment, Misfit
from holdfast.core.adoption_roots import RootsFound
from holdfast.core.declaration import AllowedValues, Declaration
from holdfast.core.pattern_inference_names import NamedThing, infer_name_pattern
from holdfast.core.patterns import Pattern, expand

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """The patterns of a draft: those that were written, and the inferred ones for the rest."""

    bucket: Pattern | None
    table: Pattern | None
    key: Pattern
    disagreements: tuple[Misfit, ...]
    declaration: Declaration | None
    key_kept: bool  # the written pattern for keys gives every key that is in use

    @property
    def fields(self) -> tuple[AllowedValues, ...]:
        """Return the declared values of fields, while the keys have those fields."""
        return self.declaration.fields if self.declaration is not None and self.key_kept else ()

    def environments_kept(self, found: set[str], backends: set[str]) -> Iterator[DraftEnvironment]:
        """Yield the declared environments that no root has, while their backends are there."""
        for each in self.declaration.environments if self.declaration is not None else ():
            if each.name not in found and all(name in backends for _, name in each.backends):
                yield DraftEnvironment(name=each.name, backends=each.backends)

    def components_kept(self, found: Sequence[Fields]) -> tuple[Fields, ...]:
        """Return the declared components that were not found, while the keys have their fields or stand literally."""
        if self.declaration is None:
            return ()
        known = {frozenset(each) for each in found}
        declared = (
            each.entries
            for each in self.declaration.components
            if self.key_kept or each.key is not None
        )
        return tuple(each for each in declared if frozenset(each) not in known)


def convention_of(
    declaration: Declaration | None,
    buckets: Sequence[NamedThing],
    tables: Sequence[NamedThing],
    found: RootsFound,
) -> Convention:
    """Return the patterns of the draft, and where those that were written disagree with what exists."""
    naming = declaration.naming if declaration is not None else None
    # A name that is declared literally was decided on before.
    decided = {
        name
        for each in (declaration.backends if declaration is not None else ())
        for name in (each.bucket, each.table)
    }
    open_buckets = [each for each in buckets if each.name not in decided]
    open_tables = [each for each in tables if each.name not in decided]
    bucket = naming.bucket if naming is not None else None
    table = naming.lock_table if naming is not None else None
    written_key = naming.key if naming is not None else None
    key = found.inference.key
    kept = written_key is not None and all(
        expand(written_key, dict(each.fields)) == each.root.use.key for each in found.fitting
    )
    return Convention(
        bucket=bucket if bucket is not None else infer_name_pattern(buckets),
        table=table if table is not None else infer_name_pattern(tables),
        key=written_key if written_key is not None and kept else key,
        disagreements=(
            *_disagreements("naming.bucket", bucket, open_buckets),
            *_disagreements("naming.lock_table", table, open_tables),
            *(_key_disagreement(written_key, key) if not kept else ()),
        ),
        declaration=declaration,
        key_kept=kept,
    )


def _disagreements(
    setting: str, pattern: Pattern | None, things: Sequence[NamedThing]
) -> Iterator[Misfit]:
    for thing in things if pattern is not None else ():
        given = expand(pattern, dict(thing.fields)) if pattern is not None else ""
        if given == thing.name:
            continue
        gives = (
            f"gives `{given}`"
            if isinstance(given, str)
            else f"gives no name: {'; '.join(each.words for each in given)}"
        )
        yield Misfit(
            subject=thing.name,
            facts=(("written", f"`{setting}: {pattern}`"), ("exists", thing.name)),
            reason=f"the written convention {gives}; what exists keeps its name",
        )


def _key_disagreement(written: Pattern | None, inferred: Pattern) -> Iterator[Misfit]:
    if written is not None and str(written) != str(inferred):
        yield Misfit(
            subject="naming.key",
            facts=(("written", str(written)), ("in use", str(inferred))),
            reason="the written pattern does not give the keys that are in use; the one in use takes its place",
        )
