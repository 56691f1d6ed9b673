"""The stores in which a state is locked: the one place that builds them, with the settings of the backend.

The lock file comes first, then the items: the engines' order (Terraform 1.11.4, S3 backend `Lock`). Whenever a
lock table is known, a lock for a change is taken in both, whatever the root's own configuration says: a client
with the table alone and a client with the lock file alone do not see each other (both ran, measured).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.lock_items import LockItems
from holdfast.aws.lock_objects import LockObjects
from holdfast.aws.table_reads import TableAddress
from holdfast.core.backends import Backend, StateUse
from holdfast.core.lock_board import uses_of
from holdfast.core.locks import LockObjectSettings, LockStore
from holdfast.core.table_spellings import spellings_kept
from holdfast.errors import CustomerKeyError

CUSTOMER_KEY_VARIABLE = "AWS_SSE_CUSTOMER_KEY"
CUSTOMER_KEY_BYTES = 32


def stores_for(
    backend: Backend,
    key: str,
    connections: Connections,
    settings: LockObjectSettings,
) -> tuple[LockStore, ...]:
    """Return every store in which the state of a key is locked for a change, in the engines' order.

    `settings` are those of `settings_for`, with the key of `customer_key_in`: without it a lock file under a key of the
    customer's own could neither be written nor read. A region that was only observed is to be put into the backend
    before.
    """
    objects = object_store(backend, connections, settings)
    items = (item_store(backend, table, connections) for table in tables_for(backend, key))
    return (objects, *items)


def object_store(
    backend: Backend, connections: Connections, settings: LockObjectSettings
) -> LockObjects:
    """Return the store of the lock files of a backend."""
    address = BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )
    return LockObjects(connections=connections, address=address, settings=settings)


def item_store(backend: Backend, table: str, connections: Connections) -> LockItems:
    """Return the store of lock items in one table of a backend."""
    address = TableAddress(access=backend.access, region=backend.region, table=table)
    return LockItems(connections=connections, address=address, bucket=backend.bucket)


def tables_for(backend: Backend, key: str) -> tuple[str, ...]:
    """Return the tables in which a key is locked: those of its uses, else all that the backend knows.

    More than one is a finding of the audit. Until it is mended, a lock has to keep out the users of each. A table that
    is named by its name and by its ARN is one: locked twice, it would refuse the second lock.
    """
    named = {use.table for use in uses_of(backend, key) if use.table is not None}
    # In the backend's order, so that two clients with both tables meet at the same one first.
    kept = spellings_kept((*backend.tables, *sorted(named)), backend)
    wanted = {kept[table] for table in named}
    return tuple(dict.fromkeys(each for each in kept.values() if each in wanted or not wanted))


def settings_for(
    backend: Backend, key: str, *, customer_key: bytes | None = None
) -> LockObjectSettings:
    """Return how the lock file of a key is written: as the first root that uses it has it written.

    `customer_key` is that of `customer_key_in`. Raises `CustomerKeyError` when the code says that there is one
    and it is not given: what is written without it, the engine could not read.
    """
    uses = uses_of(backend, key)
    if not uses:
        return LockObjectSettings()
    return settings_of_use(uses[0], key, customer_key=customer_key)


def settings_of_use(use: StateUse, key: str, *, customer_key: bytes | None) -> LockObjectSettings:
    """Return how one root has its lock file written. Raises `CustomerKeyError`, as `settings_for`."""
    if use.customer_key and use.encrypt and customer_key is None:
        raise CustomerKeyError(f"`{key}`", "is not at hand")
    return LockObjectSettings(
        encrypt=use.encrypt,
        kms_key=use.kms_key if customer_key is None else None,
        acl=use.acl,
        customer_key=customer_key,
    )


def customer_key_in(environment: Mapping[str, str]) -> bytes | None:
    """Return the SSE-C key of the environment variable that the engines read; None when it is not set.

    Raises `CustomerKeyError` unless it is 32 bytes as base64. Its text is never part of a message.
    """
    text = environment.get(CUSTOMER_KEY_VARIABLE)
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != CUSTOMER_KEY_BYTES:
        raise CustomerKeyError("the state", f"({CUSTOMER_KEY_VARIABLE}) is not 32 bytes as base64")
    return key
