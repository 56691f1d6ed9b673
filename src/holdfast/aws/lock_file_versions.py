"""Read one version of a lock file: who had taken a lock that is gone."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.lock_objects import LOCK_BYTES_MAX
from holdfast.aws.object_settings import customer_key_arguments
from holdfast.aws.reading import reads
from holdfast.core.lock_info import LockContent, UnreadableLock, lock_object_key, read_lock
from holdfast.core.locks import LockObjectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFileVersion:
    """Which version of the lock file of a state, and how its object is written."""

    bucket: BucketAddress
    key: str
    settings: LockObjectSettings
    version: str


@reads("s3:GetObjectVersion")
def lock_file_version(connections: Connections, address: LockFileVersion) -> LockContent:
    """Read a version with GetObject; a version that is gone by now is withheld."""
    answer = address.bucket.client(connections).get_object(
        **address.bucket.arguments,
        **customer_key_arguments(address.settings),
        Key=lock_object_key(address.key),
        VersionId=address.version,
    )
    with answer["Body"] as stream:
        body = stream.read(LOCK_BYTES_MAX + 1)
    if len(body) > LOCK_BYTES_MAX:
        return UnreadableLock(body=body, problem="it is too large to be a lock")
    return read_lock(body)
