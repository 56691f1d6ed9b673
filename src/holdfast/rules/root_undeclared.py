"""A root belongs to no component of the declaration.

## What it checks
Where the declaration has `components` or `layout.roots`: every live root with an S3 backend. It must be the root
of a component, by its path, or use the bucket and key of one. Setup modules, and the roots that `layout.except`
names, need none.

## Why it matters
Backend files, roles and pipelines are generated for components. A root that is none keeps what it was given by
hand, and nobody notices when the others change.

## Fix
Add it to `components`, with its `root` and its `key` where no pattern gives them, move it to where `layout.roots` finds it, or name it in `layout.except` if it shall be
none. An old root that nobody needs is removed, after its state was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place, Root
from holdfast.core.settings import backend_name
from holdfast.core.source import SourceSpan

ADVICE = "Add it to `components`, move it to where `layout.roots` finds it, or name it in `layout.except`."


@fleet_rule(Severity.MEDIUM)
def root_undeclared(fleet: Fleet) -> Iterator[Hit]:
    """Name the live S3 roots that no component has."""
    declaration, known, repository = fleet.declaration, fleet.components, fleet.repository
    if declaration is None or known is None:
        return
    if not (declaration.components or declaration.layout.roots):
        return
    components = known.components
    left_out = {*declaration.layout.exceptions, *(each.path for each in repository.setup_modules)}
    paths = {each.root for each in components}
    states = {(each.backend.bucket, each.key) for each in components}
    mistakes = {each.root: each.words for each in known.mistakes}
    for root in repository.roots:
        if (
            root.place is not Place.LIVE
            or root.backend_type != "s3"
            or root.path in paths
            or root.path in left_out
            or not states.isdisjoint(_states(root))
        ):
            continue
        why = mistakes.get(root.path)
        forms = ", ".join(f"`{each}`" for each in declaration.layout.roots)
        yield Hit(
            message=f"`{root.path}` is the root of no component that `{declaration.path}` declares",
            evidence=(
                Evidence(label="root", text=f"`{root.path}`", span=root.span),
                *((Evidence(label="but", text=why),) if why else ()),
                *(
                    (
                        Evidence(
                            label="layout",
                            text=f"layout.roots: {forms}",
                            span=SourceSpan(declaration.path),
                        ),
                    )
                    if forms
                    else ()
                ),
            ),
            advice=ADVICE,
            subject=root.path,
            backend=_backend(root, fleet),
        )


def _states(root: Root) -> Iterator[tuple[str | None, str | None]]:
    for configuration in root.configurations:
        yield configuration.text("bucket"), configuration.text("key")


def _backend(root: Root, fleet: Fleet) -> str:
    """Return the name of the one backend that a root uses; empty when it uses several, or none."""
    names = {backend_name(root, each, fleet.backends) for each in root.configurations}
    return names.pop() if len(names) == 1 else ""
