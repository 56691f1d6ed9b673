"""Settings: one root in one of its configurations, and what that says about its state. Pure.

Rules over code look at settings rather than at `Backend.uses` where examples count too, or arguments that a use
does not carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdfast.core.access import s3_endpoint_of
from holdfast.core.backends import (
    WORKSPACE_DEFAULT,
    WORKSPACE_PREFIX_DEFAULT,
    Backend,
    Locking,
    StateUse,
)
from holdfast.core.fleet import Fleet
from holdfast.core.repository import (
    Attribute,
    Certainty,
    Computed,
    Configuration,
    Place,
    Repository,
    Root,
)
from holdfast.core.source import SourceSpan


@dataclass(frozen=True, slots=True)
class Setting:
    """One configuration of one root that names a bucket."""

    root: Root
    configuration: Configuration
    bucket: str

    @property
    def identity(self) -> tuple[str, str | None]:
        """Return what tells backends apart: the bucket, and the S3 endpoint that it lies behind."""
        return self.bucket, s3_endpoint_of(self.configuration)

    @property
    def certain(self) -> bool:
        """Tell whether the root is sure to be initialised in this way."""
        return self.configuration.certainty is Certainty.CERTAIN

    @property
    def table(self) -> str | None:
        """Return the lock table, None when there is none or its name is an expression."""
        return self.configuration.text("dynamodb_table")

    @property
    def locking(self) -> Locking:
        """Return the locking mode; a table whose name is an expression counts as one."""
        table = self.table is not None or is_computed(
            self.configuration.attribute("dynamodb_table")
        )
        return Locking.of(table=table, lockfile=self.configuration.flag("use_lockfile"))

    @property
    def locking_known(self) -> bool:
        """Tell whether the mode can be told: `use_lockfile` is no expression."""
        return not is_computed(self.configuration.attribute("use_lockfile"))

    @property
    def workspace_prefix(self) -> str:
        """Return the first part of the keys of workspaces; empty when it is set to be empty."""
        prefix = self.configuration.literal("workspace_key_prefix")
        return prefix if isinstance(prefix, str) else WORKSPACE_PREFIX_DEFAULT

    @property
    def span(self) -> SourceSpan:
        """Return where the bucket is named."""
        named = self.configuration.attribute("bucket")
        return named.span if named is not None else self.root.span

    @property
    def use(self) -> StateUse | None:
        """Return the state that this setting uses; None when its key cannot be read."""
        key = self.configuration.attribute("key")
        key_text = self.configuration.text("key")
        if key is None or key_text is None:
            return None
        return StateUse(
            root_path=self.root.path,
            label=self.configuration.label,
            key=key_text,
            workspace_prefix=self.workspace_prefix,
            workspaces=self._workspaces(key_text),
            locking=self.locking,
            table=self.table,
            region=self.configuration.text("region"),
            encrypt=self.configuration.flag("encrypt"),
            kms_key=self.configuration.text("kms_key_id"),
            kms_key_known=not is_computed(self.configuration.attribute("kms_key_id")),
            span=key.span,
            acl=self.configuration.text("acl"),
            customer_key=self.configuration.attribute("sse_customer_key") is not None,
        )

    def _workspaces(self, key: str) -> tuple[str, ...]:
        cache = self.root.cache
        if cache is None or cache.workspace == WORKSPACE_DEFAULT or cache.type != "s3":
            return ()
        same = cache.config.get("bucket") == self.bucket and cache.config.get("key") == key
        return (cache.workspace,) if same else ()


def is_computed(attribute: Attribute | None) -> bool:
    """Tell whether an argument is set to an expression."""
    return attribute is not None and isinstance(attribute.value, Computed)


def settings_of(repository: Repository, *, place: Place = Place.LIVE) -> Iterator[Setting]:
    """Yield the settings of all S3 roots in one kind of place, in order of path."""
    for root in repository.roots:
        if root.place is not place or root.backend_type != "s3":
            continue
        for configuration in root.configurations:
            bucket = configuration.text("bucket")
            if bucket is not None:
                yield Setting(root, configuration, bucket)


def certain_settings(fleet: Fleet) -> tuple[tuple[Backend, tuple[Setting, ...]], ...]:
    """Return the backends under audit, each with the certain settings of live roots that use it."""
    by_bucket: dict[str, list[Backend]] = {}
    for backend in fleet.backends:
        by_bucket.setdefault(backend.bucket, []).append(backend)
    found: dict[str, list[Setting]] = {}
    for setting in settings_of(fleet.repository):
        used = backend_of(setting, by_bucket.get(setting.bucket, ()))
        if setting.certain and used is not None:
            found.setdefault(used.name, []).append(setting)
    return tuple((each, tuple(found.get(each.name, ()))) for each in fleet.backends)


def backend_of(setting: Setting, backends: Sequence[Backend]) -> Backend | None:
    """Return the backend that a setting uses, None when it is not among these."""
    bucket, endpoint = setting.identity
    same_bucket = [each for each in backends if each.bucket == bucket]
    exact = (each for each in same_bucket if each.access.endpoints.s3 == endpoint)
    return next(exact, same_bucket[0] if same_bucket else None)


def backend_name(root: Root, configuration: Configuration, backends: Sequence[Backend]) -> str:
    """Return the name of the backend that a configuration uses; empty when it is not among these."""
    bucket = configuration.text("bucket")
    if bucket is None:
        return ""
    backend = backend_of(Setting(root, configuration, bucket), backends)
    return backend.name if backend is not None else ""
