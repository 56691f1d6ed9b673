"""The way into the locks for Python programs: one function that needs no more than a bucket and a key."""

from __future__ import annotations

import os
from dataclasses import replace

import holdfast
from holdfast.app.lock_identity import identity_of_process
from holdfast.app.lock_stores import customer_key_in, stores_for
from holdfast.app.state_lock import OPERATION_DEFAULT, StateLock
from holdfast.aws.connections import Connections
from holdfast.aws.endpoints import own_endpoint
from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.locks import LockObjectSettings

ACCESS_DEFAULT = Access()
SETTINGS_DEFAULT = LockObjectSettings()


def state_lock(
    bucket: str,
    key: str,
    *,
    table: str | None = None,
    region: str | None = None,
    reason: str = "",
    operation: str = OPERATION_DEFAULT,
    timeout_seconds: float = 0,
    access: Access = ACCESS_DEFAULT,
    account: str | None = None,
    settings: LockObjectSettings = SETTINGS_DEFAULT,
) -> StateLock:
    """Return the lock of the state `key` in `bucket`, to be held in a `with` block.

    It is the lock file, and the item in `table` as well where the backend has one. `key` is the state's object,
    with the workspace's prefix. `reason` and `operation` are what engines print to whoever is refused.
    `region` is that of the environment unless given, `account` the 12-digit id that must own the bucket.
    `settings` are those of the backend block; with `encrypt`, the SSE-C key of `AWS_SSE_CUSTOMER_KEY` is used.

    Behind a custom S3 endpoint the store is tried on the lock just taken, with three more requests or so:
    `ConditionsIgnoredError` says that it would exclude nobody.
    """
    connections = Connections()
    customer_key = customer_key_in(os.environ) if settings.encrypt else None
    if customer_key is not None and settings.customer_key is None and settings.kms_key is None:
        settings = replace(settings, customer_key=customer_key)
    backend = Backend(
        name=bucket,
        bucket=bucket,
        region=region,
        tables=(table,) if table is not None else (),
        locking=Locking.of(table=table is not None, lockfile=True),
        access=access,
        account=account,
        declared=False,
        uses=(),
    )
    return StateLock(
        stores=stores_for(backend, key, connections, settings),
        bucket=bucket,
        key=key,
        identity=identity_of_process(holdfast.__version__),
        operation=operation,
        reason=reason,
        timeout_seconds=timeout_seconds,
        verify_conditions=own_endpoint(access, "s3"),
        on_exit=connections.close,
    )
