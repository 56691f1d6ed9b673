"""Where every root of a backend stands with its locking: in its code, and in the cache of `init`. Pure.

An engine obeys the cache of `init` and not the code beside it, as long as the block's hash is the same: a partial
configuration may say something else by now (Terraform 1.11.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.backends import Backend, Locking
from holdfast.core.exclusion import table_name
from holdfast.core.fleet import Fleet
from holdfast.core.repository import CachedBackend, Place, Root
from holdfast.core.settings import Setting, backend_of, is_computed, settings_of
from holdfast.core.source import SourceSpan

S3 = "s3"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStanding:
    """One configuration of one root: how it locks. `doubt` is why that is not sure, empty where it is.

    `mode` is what the configuration says, None where it is an expression; a candidate may say something and is in
    doubt all the same.
    """

    root: str
    label: str
    key: str | None
    mode: Locking | None
    table: str | None
    doubt: str
    span: SourceSpan

    @property
    def words(self) -> str:
        """Return the root, and the file that it is initialised with."""
        return f"`{self.root}` with `{self.label}`" if self.label else f"`{self.root}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStanding:
    """What a working directory is initialised with."""

    root: str
    path: str
    key: str | None
    mode: Locking
    table: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoot:
    """A live root whose bucket cannot be told, so that it may use any backend."""

    root: str
    words: str
    span: SourceSpan


def code_standings(fleet: Fleet, backend: Backend) -> tuple[CodeStanding, ...]:
    """Return how each configuration of live roots that names the backend locks."""
    return tuple(
        _standing(setting)
        for setting in settings_of(fleet.repository)
        if _uses(setting, backend, fleet)
    )


def _uses(setting: Setting, backend: Backend, fleet: Fleet) -> bool:
    used = backend_of(setting, fleet.backends)
    return used is not None and used.name == backend.name


def _standing(setting: Setting) -> CodeStanding:
    configuration = setting.configuration
    named = configuration.attribute("use_lockfile") or configuration.attribute("dynamodb_table")
    return CodeStanding(
        root=setting.root.path,
        label=configuration.label,
        key=configuration.text("key"),
        mode=setting.locking if _is_told(setting) else None,
        table=setting.table,
        doubt=_doubt(setting),
        span=named.span if named is not None else setting.span,
    )


def _is_told(setting: Setting) -> bool:
    table = setting.configuration.attribute("dynamodb_table")
    return setting.locking_known and not is_computed(table)


def _doubt(setting: Setting) -> str:
    if not setting.certain:
        return "nothing says whether the file belongs to the root"
    for argument in ("use_lockfile", "dynamodb_table", "key"):
        if is_computed(setting.configuration.attribute(argument)):
            return f"`{argument}` is an expression"
    return ""


def cache_standings(fleet: Fleet, backend: Backend) -> tuple[CacheStanding, ...]:
    """Return how each working directory that is initialised against the backend's bucket locks."""
    return tuple(
        CacheStanding(
            root=root.path,
            path=cache.path,
            key=_text(cache, "key"),
            mode=cached_mode(cache),
            table=cached_table(cache),
        )
        for root in live_roots(fleet)
        if (cache := root.cache) is not None
        and cache.type == S3
        and cache.config.get("bucket") == backend.bucket
    )


def cached_mode(cache: CachedBackend) -> Locking:
    """Return the mode in which an engine locks that obeys a cache."""
    flag = cache.config.get("use_lockfile")
    lockfile = flag is True or flag == "true"
    return Locking.of(table=cached_table(cache) is not None, lockfile=lockfile)


def cached_table(cache: CachedBackend) -> str | None:
    """Return the lock table of a cache, None when there is none; an empty name is none (Terraform 1.11.4)."""
    table = _text(cache, "dynamodb_table")
    return table_name(table) if table is not None else None


def _text(cache: CachedBackend, name: str) -> str | None:
    value = cache.config.get(name)
    return value if isinstance(value, str) and value else None


def open_roots(fleet: Fleet) -> tuple[OpenRoot, ...]:
    """Return the live roots with an S3 backend, one of whose configurations names no bucket."""
    return tuple(found for root in live_roots(fleet) for found in _open(root))


def _open(root: Root) -> Iterator[OpenRoot]:
    if root.backend_type != S3:
        return
    without = [each for each in root.configurations if each.text("bucket") is None]
    if not without and root.configurations:
        return
    named = without[0].attribute("bucket") if without else None
    words = "its bucket is an expression" if is_computed(named) else "its bucket is not named"
    span = named.span if named is not None else root.span
    yield OpenRoot(root=root.path, words=words, span=span)


def live_roots(fleet: Fleet) -> Iterator[Root]:
    """Yield the roots that are no examples."""
    yield from (root for root in fleet.repository.roots if root.place is Place.LIVE)
