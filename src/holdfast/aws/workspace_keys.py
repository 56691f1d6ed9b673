"""The states of a root's workspaces, as the engines list them (Terraform 1.11.4, S3 backend `Workspaces`)."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.key_pages import PAGE_KEYS_MAX
from holdfast.aws.reading import reads
from holdfast.core.state_moves import key_of_workspace, workspace_start


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacesAddress:
    """The workspaces of one state key below a prefix."""

    bucket: BucketAddress
    prefix: str
    key: str


@reads("s3:ListBucket")
def workspaces_of(connections: Connections, address: WorkspacesAddress) -> tuple[str, ...]:
    """Read ListObjectsV2; return the names of the workspaces that have a state, in order."""
    pages = (
        address.bucket.client(connections)
        .get_paginator("list_objects_v2")
        .paginate(
            **address.bucket.arguments,
            Prefix=workspace_start(address.prefix),
            PaginationConfig={"PageSize": PAGE_KEYS_MAX},
        )
    )
    found = (
        key_of_workspace(each["Key"], prefix=address.prefix, key=address.key)
        for page in pages
        for each in page.get("Contents", [])
    )
    return tuple(sorted(each for each in found if each is not None))
