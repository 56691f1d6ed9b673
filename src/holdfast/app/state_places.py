"""Where one state is and how it is reached: its object, its digests and its locks, built in one place."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.app.lock_stores import settings_for, tables_for
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.digest_items import DigestAddress
from holdfast.aws.state_objects import StateAddress
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend
from holdfast.core.lock_board import modes_of
from holdfast.core.locks import LockObjectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePlace:
    """One state of a backend, and how its object is written."""

    backend: Backend
    key: str
    settings: LockObjectSettings

    @property
    def bucket(self) -> BucketAddress:
        """Return the address of its bucket."""
        return BucketAddress(
            access=self.backend.access,
            region=self.backend.region,
            bucket=self.backend.bucket,
            account=self.backend.account,
        )

    def object(self, *, version: str | None = None, head_bytes: int | None = None) -> StateAddress:
        """Return the address of the state, or of one version of it."""
        return StateAddress(
            bucket=self.bucket,
            key=self.key,
            settings=self.settings,
            version=version,
            head_bytes=head_bytes,
        )

    @property
    def digests(self) -> tuple[DigestAddress, ...]:
        """Return the addresses of its digests: one in each table that it may be locked in."""
        return tuple(
            DigestAddress(
                table=TableAddress(
                    access=self.backend.access, region=self.backend.region, table=table
                ),
                bucket=self.backend.bucket,
                key=self.key,
            )
            for table in tables_for(self.backend, self.key)
        )

    @property
    def wants_digest(self) -> bool:
        """Tell whether an engine would write a digest: some root locks the state in a table."""
        return any(mode.uses_table for mode in modes_of(self.backend, self.key))


def place_of(backend: Backend, key: str, *, customer_key: bytes | None = None) -> StatePlace:
    """Return the place of a state; raise `CustomerKeyError` when its SSE-C key is not at hand."""
    return StatePlace(
        backend=backend, key=key, settings=settings_for(backend, key, customer_key=customer_key)
    )
