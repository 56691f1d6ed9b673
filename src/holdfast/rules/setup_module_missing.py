"""No code creates a backend, while other backends have their setup module.

## What it checks
Which live code creates the bucket of each backend: by the bucket's name, then by the table's, then by a region
that only one of them can mean. A backend has a finding when another backend of the fleet has a setup module
and it has none, or when there is an empty directory where one belongs. A module that may be the one is
not missing.

## Why it matters
What no code describes is set up by hand: nobody sees that its table was never created or its versioning
switched off, and nobody can build it again.

## Fix
`holdfast generate setup BACKEND --write` writes a module like the one of the other backend, with `import` blocks for
the bucket and table that are there already. Keep its state local.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from holdfast.core.backends import Backend
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import SetupModule
from holdfast.core.setup_modules import SetupComplete, SetupEmpty, SetupMissing, setup_of
from holdfast.core.source import SourceSpan

ADVICE = "Write its code with `{command}`: `import` blocks name what is there already."
COMMAND = "holdfast generate setup {backend} --write"


@fleet_rule(Severity.MEDIUM)
def setup_module_missing(fleet: Fleet) -> Iterator[Hit]:
    """Name the backends without setup code beside those that have it."""
    matches = [
        (backend, setup_of(backend, fleet.backends, fleet.repository)) for backend in fleet.backends
    ]
    patterns = [
        (backend, match.module) for backend, match in matches if isinstance(match, SetupComplete)
    ]
    for backend, match in matches:
        match match:
            case SetupEmpty(module=module):
                yield _hit(
                    backend,
                    f"the setup module of `{backend.bucket}` is empty: `{module.path}`",
                    patterns,
                    module,
                )
            case SetupMissing() if patterns:
                yield _hit(backend, f"no code creates `{backend.bucket}`", patterns)
            case _:
                pass


def _hit(
    backend: Backend,
    message: str,
    patterns: list[tuple[Backend, SetupModule]],
    empty: SetupModule | None = None,
) -> Hit:
    evidence = [Evidence(label="backend", text=f"`{backend.bucket}`", span=backend.span)]
    if empty is not None:
        evidence.append(
            Evidence(label="empty", text=f"`{empty.path}`", span=SourceSpan(empty.path))
        )
    evidence += [
        Evidence(label="pattern", text=f"`{other.bucket}` has one", span=SourceSpan(module.path))
        for other, module in patterns
    ]
    like = f" `{patterns[0][1].path}` shows how." if patterns else ""
    advice = ADVICE.format(command=COMMAND.format(backend=shlex.quote(backend.name)))
    return Hit(
        message=message, evidence=tuple(evidence), advice=advice + like, backend=backend.name
    )
