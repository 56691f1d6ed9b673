"""Read a whole fleet: code, declaration and, unless told not to, the cloud."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.app.scan import scan_repository
from holdfast.core.backends import Backend
from holdfast.core.declaration import DECLARATION_NAME, Declaration, DeclarationWarning
from holdfast.core.fleet import Fleet
from holdfast.core.grouping import backends_of
from holdfast.errors import NothingFoundError, UsageError

if TYPE_CHECKING:  # botocore is slow to import and not needed with --offline
    from holdfast.app.states_listing import StatesCounted
    from holdfast.aws.connections import Connections


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRequest:
    """What the user asked to look at. `backends` restricts it to backends of these names or buckets.

    `on_warning` is told what the declaration may say and more often than not should not.
    """

    directory: Path
    declaration: Path | None = None
    backends: tuple[str, ...] = ()
    region_default: str | None = None
    on_warning: Callable[[DeclarationWarning], None] | None = None


def read_code(request: FleetRequest) -> Fleet:
    """Read code and declaration; the cloud is not asked.

    Raises `PathNotFoundError`, `DeclarationInvalidError`, `NothingFoundError`, and `UsageError` for a
    backend that does not exist.
    """
    repository = scan_repository(request.directory)
    declaration = find_declaration(request)
    everything = backends_of(repository, declaration, region_default=request.region_default)
    if not everything and not repository.roots:
        raise NothingFoundError(str(request.directory), files_read=repository.files_read)
    code = Fleet(
        repository=repository,
        declaration=declaration,
        backends=everything,
        observed=(),
        online=False,
        chosen=chosen(everything, request.backends),
    )
    if declaration is None or not _lies_in_directory(request):
        return code
    from holdfast.app.declared_facts import generated_facts, placed_components  # noqa: PLC0415 - the generators are needed with a declaration only

    components = placed_components(declaration, repository)
    return replace(
        code,
        components=components,
        generated=generated_facts(declaration, repository, components, request.directory),
    )


def read_cloud(
    code: Fleet,
    *,
    connections: Connections,
    on_progress: Callable[[Backend], None] | None = None,
) -> Fleet:
    """Ask the cloud about every chosen backend. A fact that cannot be read is withheld, no error."""
    from holdfast.app.observe import observe_backends  # noqa: PLC0415 - botocore, see above

    observed = observe_backends(
        code.backends_chosen, connections=connections, on_progress=on_progress
    )
    return replace(code, observed=observed, online=True)


def read_states(
    fleet: Fleet,
    *,
    connections: Connections,
    customer_key: bytes | None = None,
    on_progress: Callable[[StatesCounted], None] | None = None,
) -> Fleet:
    """Look through the states of every backend that was observed. What cannot be read is withheld, no error."""
    from holdfast.app.observe_states import observe_states  # noqa: PLC0415 - botocore, see above

    states = observe_states(
        fleet.observed,
        connections=connections,
        customer_key=customer_key,
        on_progress=on_progress,
    )
    return replace(fleet, states=states)


def find_declaration(request: FleetRequest) -> Declaration | None:
    """Read the declaration that was named, or `holdfast.yaml` in the directory if there is one.

    Something of that name that is no file, such as a link that leads nowhere, is an error and no absence.
    """
    path = request.declaration or request.directory / DECLARATION_NAME
    if request.declaration is None and not os.path.lexists(path):
        return None
    from holdfast.declaration.reading import read_declaration  # noqa: PLC0415 - PyYAML on demand

    declaration = read_declaration(path, directory=request.directory)
    if request.on_warning is not None:
        for warning in declaration.warnings:
            request.on_warning(warning)
    return declaration


def _lies_in_directory(request: FleetRequest) -> bool:
    """Tell whether the paths of the declaration are relative to the directory that is read."""
    declaration = request.declaration
    return declaration is None or declaration.resolve().parent == request.directory.resolve()


def chosen(backends: Sequence[Backend], names: Sequence[str]) -> frozenset[str]:
    """Return the names of the backends that were named, by their name or bucket."""
    unknown = [
        name for name in names if all(name not in {each.name, each.bucket} for each in backends)
    ]
    if unknown:
        raise UsageError(
            f"there is no backend called `{unknown[0]}`",
            facts=(("backends", ", ".join(each.name for each in backends) or "none"),),
            world="nothing was read from the cloud",
        )
    return frozenset(each.name for each in backends if {each.name, each.bucket} & set(names))
