"""Which setup module owns a backend, as far as the code says. Pure.

A module is recognised by the name of the bucket that it creates, then by that of the table, and last by its
region. A region decides only where one backend and one module without a readable name share it; whatever
the code leaves open stays open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from holdfast.core.backends import Backend
from holdfast.core.repository import CreatedKind, Creation, Place, Repository, SetupModule

BUCKET_KINDS = frozenset({CreatedKind.BUCKET, CreatedKind.MODULE})
TABLE_KINDS = frozenset({CreatedKind.LOCK_TABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupComplete:
    """The code creates all that the backend has; `module` is the one with the bucket."""

    module: SetupModule


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIncomplete:
    """The code creates a part of the backend; `lacks` is what no module creates."""

    module: SetupModule
    lacks: tuple[CreatedKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupEmpty:
    """There is a directory for the setup module, and no code in it."""

    module: SetupModule


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupMissing:
    """No code in the repository creates the backend's bucket or table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupNotKnown:
    """Each of `candidates` may be the backend's module: their names are expressions."""

    candidates: tuple[SetupModule, ...]


SetupMatch: TypeAlias = SetupComplete | SetupIncomplete | SetupEmpty | SetupMissing | SetupNotKnown


def setup_of(
    backend: Backend, fleet_backends: Sequence[Backend], repository: Repository
) -> SetupMatch:
    """Return the setup module of a backend; `fleet_backends` are all of the fleet, itself among them."""
    live = [each for each in repository.setup_modules if each.place is Place.LIVE]
    named = _named(backend, live)
    if named:
        return _found(backend, named)
    open_modules = [each for each in live if _is_open(each, fleet_backends)]
    in_region = [each for each in open_modules if _is_in(each, backend.region)]
    in_region = [each for each in in_region if not each.empty] or in_region
    has_rival = any(
        each.region == backend.region and each.name != backend.name and not _named(each, live)
        for each in fleet_backends
    )
    if len(in_region) == 1 and not has_rival:
        module = in_region[0]
        return SetupEmpty(module=module) if module.empty else _found(backend, in_region)
    regions = {each.region for each in fleet_backends}
    candidates = tuple(
        each
        for each in open_modules
        if not each.empty
        and (backend.region is None or each in in_region or not _says_region(each, regions))
    )
    return SetupNotKnown(candidates=candidates) if candidates else SetupMissing()


def setup_words(match: SetupMatch) -> str:
    """Return what the status table says: `complete (path)`, `incomplete (path): no lock table` and such."""
    match match:
        case SetupComplete(module=module):
            return f"complete ({module.path})"
        case SetupIncomplete(module=module, lacks=lacks):
            return f"incomplete ({module.path}): no {' and no '.join(each.value for each in lacks)}"
        case SetupEmpty(module=module):
            return f"empty ({module.path})"
        case SetupMissing():
            return "missing"
        case SetupNotKnown():
            return "unknown"
        case _:
            assert_never(match)


def _named(backend: Backend, modules: Sequence[SetupModule]) -> list[SetupModule]:
    """Return the modules that create the backend by name, the one with the bucket first."""
    by_bucket = [each for each in modules if backend.bucket in _names(each, BUCKET_KINDS)]
    by_table = [
        each
        for each in modules
        if each not in by_bucket and not _names(each, TABLE_KINDS).isdisjoint(backend.tables)
    ]
    return by_bucket + by_table


def _found(backend: Backend, modules: Sequence[SetupModule]) -> SetupComplete | SetupIncomplete:
    """Judge what the modules of a backend create together."""
    creations = [each for module in modules for each in module.creations]
    lacks: list[CreatedKind] = []
    if not any(each.kind in BUCKET_KINDS and _may_be(each, {backend.bucket}) for each in creations):
        lacks.append(CreatedKind.BUCKET)
    wants_table = backend.locking.uses_table or bool(backend.tables)
    if wants_table and not _makes_table(creations, backend.tables):
        lacks.append(CreatedKind.LOCK_TABLE)
    if lacks:
        return SetupIncomplete(module=modules[0], lacks=tuple(lacks))
    return SetupComplete(module=modules[0])


def _makes_table(creations: Sequence[Creation], tables: Collection[str]) -> bool:
    """Tell whether a table of these names is created; a well-known module makes one unless it says which."""
    stated = {each.address for each in creations if each.kind in TABLE_KINDS}
    return any(
        (each.kind in TABLE_KINDS and _may_be(each, tables))
        or (each.kind is CreatedKind.MODULE and each.address not in stated)
        for each in creations
    )


def _may_be(creation: Creation, names: Collection[str]) -> bool:
    """Tell whether a creation bears one of the names, or an expression that nobody has evaluated."""
    return creation.name is None or not names or creation.name in names


def _names(module: SetupModule, kinds: Collection[CreatedKind]) -> set[str]:
    return {each.name for each in module.creations if each.kind in kinds and each.name is not None}


def _is_open(module: SetupModule, backends: Sequence[Backend]) -> bool:
    """Tell whether a module may be any backend's: it names no bucket, and no table of the fleet."""
    tables = {table for backend in backends for table in backend.tables}
    return not _names(module, BUCKET_KINDS) and not (_names(module, TABLE_KINDS) & tables)


def _is_in(module: SetupModule, region: str | None) -> bool:
    """Tell whether a module's provider, or its path where the provider is silent, names the region."""
    if region is None:
        return False
    return module.region == region if module.region is not None else _in_path(region, module.path)


def _says_region(module: SetupModule, regions: Iterable[str | None]) -> bool:
    """Tell whether a module names a region: its provider any, its path one of the fleet's."""
    return module.region is not None or any(_is_in(module, region) for region in regions)


def _in_path(region: str, path: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(region)}(?![a-z0-9])", path.lower()) is not None
