"""The workspaces of a state, as they are in the bucket."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.workspace_keys import WorkspacesAddress, workspaces_of
from holdfast.core.facts import Known, Withheld
from holdfast.core.state_moves import workspace_start
from holdfast.errors import StateUnreadError


def workspaces_there(
    bucket: BucketAddress, key: str, prefix: str, *, connections: Connections
) -> tuple[str, ...]:
    """Return the workspaces of a key below a prefix that have a state; raise `StateUnreadError`."""
    address = WorkspacesAddress(bucket=bucket, prefix=prefix, key=key)
    match workspaces_of(connections, address):
        case Known(names):
            return names
        case Withheld() as withheld:
            raise StateUnreadError(key, what="workspaces", reason=str(withheld))


def workspace_keys(
    bucket: BucketAddress, key: str, prefixes: Iterable[str], *, connections: Connections
) -> tuple[str, ...]:
    """Return a key and those of its workspaces that have a state, the default workspace first; raise `StateUnreadError`."""
    found = {key: None}
    for prefix in prefixes:
        names = workspaces_there(bucket, key, prefix, connections=connections)
        found |= dict.fromkeys(f"{workspace_start(prefix)}{name}/{key}" for name in names)
    return tuple(found)
