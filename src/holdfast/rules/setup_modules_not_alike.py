"""The setup modules of two backends create different things.

## What it checks
The complete setup modules of the repository, each against the one that does most: which kinds of resources they
create, and which arguments harden bucket and table (`prevent_destroy`, versioning, the four public access
blocks, deletion protection and such). Names and values of their own make no difference, and neither does a
lock table where one of the two backends has none. An argument that is an expression counts as the right one.

## Why it matters
What one module does and the other does not was forgotten in one of the two. A mistake in the backend that is
set up by the poorer one goes unnoticed, and whoever writes the next module copies either of them.

## Fix
Give the poorer module what it lacks. `holdfast generate setup BACKEND` writes a module with the whole baseline, and
after the pattern of one that is there where there is one.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.backends import Backend
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import SetupModule, SetupPart
from holdfast.core.setup_modules import SetupComplete, setup_of
from holdfast.core.source import SourceSpan

TABLE_PREFIX = "aws_dynamodb_table"


@fleet_rule(Severity.MEDIUM)
def setup_modules_not_alike(fleet: Fleet) -> Iterator[Hit]:
    """Compare every complete setup module with the one that does most."""
    complete: dict[str, tuple[Backend, SetupModule]] = {}
    for backend in fleet.backends:
        match setup_of(backend, fleet.backends, fleet.repository):
            case SetupComplete(module=module):
                complete.setdefault(module.path, (backend, module))
            case _:
                pass
    if len(complete) < 2:  # noqa: PLR2004 - two can differ
        return
    everything = tuple(complete.values())
    model = max(everything, key=lambda each: len(_kinds(each[1])))
    for backend, module in everything:
        if module.path != model[1].path:
            yield from _difference(backend, module, model)


def _difference(
    backend: Backend, module: SetupModule, model: tuple[Backend, SetupModule]
) -> Iterator[Hit]:
    pattern = model[1]
    both_lock = bool(backend.tables) and bool(model[0].tables)
    here, there = _kinds(module, tables=both_lock), _kinds(pattern, tables=both_lock)
    lacks = [part for kind, part in there.items() if kind not in here]
    adds = [part for kind, part in here.items() if kind not in there]
    if not lacks and not adds:
        return
    evidence = (
        Evidence(label="module", text=f"`{module.path}`", span=SourceSpan(module.path)),
        *_only_here((*lacks, *adds)),
    )
    words = f"`{module.path}` and `{pattern.path}` do not create the same"
    if lacks and not adds:
        words = f"`{module.path}` does not do all that `{pattern.path}` does"
    count = len(lacks) + len(adds)
    yield Hit(
        message=f"{words}: {count} difference{'s' if count != 1 else ''}",
        evidence=evidence,
        advice=(
            "Write what is missing into the module:"
            f" `holdfast generate setup {shlex.quote(backend.name)}` shows a whole one."
        ),
        subject=module.path,
        backend=backend.name,
    )


def _kinds(module: SetupModule, *, tables: bool = True) -> Mapping[str, SetupPart]:
    """Return the first part of each kind."""
    kinds: dict[str, SetupPart] = {}
    for part in module.parts:
        if tables or not part.kind.startswith(TABLE_PREFIX):
            kinds.setdefault(part.kind, part)
    return kinds


def _only_here(parts: Sequence[SetupPart]) -> Iterator[Evidence]:
    for part in parts:
        yield Evidence(label="only here", text=f"`{part.kind}`", span=part.span)
