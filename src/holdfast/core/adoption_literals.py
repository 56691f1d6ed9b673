"""Roots that were declared with a key of their own before: no pattern explains them, and none has to. Pure."""

from __future__ import annotations

from dataclasses import replace

from holdfast.core.adoption import AdoptedRoot
from holdfast.core.adoption_roots import RootsFound, UsedRoot
from holdfast.core.fleet import Fleet


def without_literal_ones(
    found: RootsFound, fleet: Fleet
) -> tuple[RootsFound, tuple[AdoptedRoot, ...]]:
    """Leave out the roots that no pattern explains and that are components with keys of their own already."""
    declared = fleet.declaration.components if fleet.declaration is not None else ()
    spans = {each.span for each in declared if each.key is not None}
    known = fleet.components.components if fleet.components is not None else ()
    states = {(each.backend.bucket, each.key, each.root) for each in known if each.span in spans}
    literal = [
        each
        for each, _ in found.unfitting
        if (each.bucket, each.use.key, each.use.root_path) in states
    ]
    paths = {each.use.root_path for each in literal}
    return (
        replace(
            found,
            unfitting=tuple(each for each in found.unfitting if each[0] not in literal),
            misfits=tuple(each for each in found.misfits if each.subject not in paths),
        ),
        tuple(adopted_root(each, ()) for each in literal),
    )


def adopted_root(root: UsedRoot, fields: tuple[tuple[str, str], ...]) -> AdoptedRoot:
    """Return a root that the draft covers, with the fields of its component."""
    use = root.use
    return AdoptedRoot(
        path=use.root_path,
        label=use.label,
        bucket=root.bucket,
        key=use.key,
        fields=fields,
    )
