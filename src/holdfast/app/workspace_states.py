"""The states of a key in every workspace, as they are in the bucket."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.workspace_keys import WorkspacesAddress, workspaces_of
from holdfast.core.backends import Backend
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_moves import workspace_start
from holdfast.errors import StateUnreadError


def workspace_keys(
    backend: Backend, key: str, prefixes: Iterable[str], *, connections: Connections
) -> tuple[str, ...]:
    """Return a key and those of its workspaces that have a state, the default workspace first; raise `StateUnreadError`."""
    bucket = BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )
    found = {key: None}
    for prefix in prefixes:
        address = WorkspacesAddress(bucket=bucket, prefix=prefix, key=key)
        match workspaces_of(connections, address):
            case Known(names):
                found |= dict.fromkeys(f"{workspace_start(prefix)}{name}/{key}" for name in names)
            case Withheld() as withheld:
                raise StateUnreadError(key, what="workspaces", reason=str(withheld))
    return tuple(found)
