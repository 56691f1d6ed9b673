"""Group what the code says, and what is declared, into backends. Pure.

One bucket behind one S3 endpoint is one backend. Code under `examples` and the like never makes one. A
configuration that only may belong to a root makes its bucket known, but is no use of it; one whose bucket
is not literal is left to the rule `backend-unresolved`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from holdfast.core.access import access_of
from holdfast.core.backends import Access, Backend, Endpoints, Locking
from holdfast.core.declaration import Declaration, DeclaredBackend, DeclaredBaseline
from holdfast.core.repository import Repository
from holdfast.core.settings import Setting, settings_of
from holdfast.core.table_spellings import with_one_spelling

Value = TypeVar("Value")

# What is stronger comes first: it decides where as many uses say one thing as another.
LOCKING_BY_STRENGTH = (Locking.BOTH, Locking.LOCKFILE, Locking.DYNAMODB, Locking.NONE)


def backends_of(
    repository: Repository, declaration: Declaration | None, *, region_default: str | None
) -> tuple[Backend, ...]:
    """Return the backends of the code in order of their first use, then the declared ones without use.

    `region_default` is the region of the environment, for uses that name none.
    """
    groups: dict[tuple[str, str | None], list[Setting]] = {}
    for setting in settings_of(repository):
        groups.setdefault(setting.identity, []).append(setting)
    declared = list(declaration.backends) if declaration is not None else []
    found: list[Backend] = []
    for settings in groups.values():
        backend = _backend(settings, region_default)
        match = next((each for each in declared if each.bucket == backend.bucket), None)
        if match is not None:
            declared.remove(match)
            backend = _with_declaration(backend, match)
        found.append(backend)
    found += map(_declared_alone, declared)
    if declaration is not None:
        found = [_with_baseline(each, declaration.baseline) for each in found]
    found = [with_one_spelling(each, beside=found) for each in found]
    return _with_distinct_names(found)


def _backend(settings: Sequence[Setting], region_default: str | None) -> Backend:
    # What is certain speaks for the backend; candidates do where there is nothing else.
    speaking = [each for each in settings if each.certain] or list(settings)
    bucket = speaking[0].bucket
    tables = dict.fromkeys(each.table for each in speaking)
    allowed = _account_ids(speaking, "allowed_account_ids")
    return Backend(
        name=bucket,
        bucket=bucket,
        region=_most(each.configuration.text("region") for each in speaking) or region_default,
        tables=tuple(table for table in tables if table is not None),
        locking=_locking(speaking),
        access=_most(access_of(each.configuration) for each in speaking) or Access(),
        account=allowed[0] if len(allowed) == 1 else None,
        declared=False,
        uses=tuple(
            use for each in settings if each.certain for use in (each.use,) if use is not None
        ),
        span=speaking[0].span,
        accounts_allowed=allowed,
        accounts_forbidden=_account_ids(speaking, "forbidden_account_ids"),
    )


def _locking(settings: Iterable[Setting]) -> Locking:
    counts = Counter(each.locking for each in settings)
    return max(LOCKING_BY_STRENGTH, key=lambda mode: counts[mode])


def _account_ids(settings: Iterable[Setting], argument: str) -> tuple[str, ...]:
    """Return the ids that the argument names in any of the settings, sorted.

    Roots of several accounts may share a bucket, so that each root's own are right for the backend.
    """
    named: set[str] = set()
    for setting in settings:
        match setting.configuration.literal(argument):
            case tuple(ids):
                named |= {str(each) for each in ids}
            case _:
                pass
    return tuple(sorted(named))


def _with_declaration(backend: Backend, declared: DeclaredBackend) -> Backend:
    tables = dict.fromkeys(each for each in (declared.table, *backend.tables) if each is not None)
    return replace(
        backend,
        name=declared.name,
        region=declared.region,
        tables=tuple(tables),
        locking=backend.locking if backend.uses else declared.locking,
        access=_declared_access(declared.account.access, backend.access),
        account=declared.account.account,
        declared=True,
        span=declared.span,
        kms_key=declared.kms_key,
        account_regional=declared.account_regional,
        tags=declared.tags,
    )


def _declared_access(declared: Access, from_code: Access) -> Access:
    """Take the declared credentials, and the way to the endpoints from the code unless declared."""
    endpoints = from_code.endpoints if declared.endpoints == Endpoints() else declared.endpoints
    return replace(
        declared,
        endpoints=endpoints,
        path_style=declared.path_style or from_code.path_style,
        fips=declared.fips or from_code.fips,
        dual_stack=declared.dual_stack or from_code.dual_stack,
        insecure=declared.insecure or from_code.insecure,
        ca_bundle=declared.ca_bundle or from_code.ca_bundle,
    )


def _declared_alone(declared: DeclaredBackend) -> Backend:
    return Backend(
        name=declared.name,
        bucket=declared.bucket,
        region=declared.region,
        tables=(declared.table,) if declared.table is not None else (),
        locking=declared.locking,
        access=declared.account.access,
        account=declared.account.account,
        declared=True,
        uses=(),
        span=declared.span,
        kms_key=declared.kms_key,
        account_regional=declared.account_regional,
        tags=declared.tags,
    )


def _with_baseline(backend: Backend, baseline: DeclaredBaseline) -> Backend:
    """Add the wishes that hold for every backend; the key is for the declared ones, which have it already."""
    return replace(
        backend,
        noncurrent_keep=baseline.noncurrent_keep,
        noncurrent_days=baseline.noncurrent_days,
    )


def _with_distinct_names(backends: Iterable[Backend]) -> tuple[Backend, ...]:
    """Tell backends apart that share a bucket's name behind different endpoints."""
    taken: set[str] = set()
    found: list[Backend] = []
    for backend in backends:
        name = backend.name
        if name in taken:
            name = f"{name} at {backend.access.endpoints.s3 or backend.region or 'AWS'}"
        number = 2
        while name in taken:
            name = f"{backend.name} ({number})"
            number += 1
        taken.add(name)
        found.append(backend if name == backend.name else replace(backend, name=name))
    return tuple(found)


def _most(values: Iterable[Value | None]) -> Value | None:
    """Return the value that most have, the first one among equals; None when there is none."""
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: counts[value], default=None)
