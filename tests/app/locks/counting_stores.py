"""A bucket and a table that exist in memory alone: they answer pages as AWS does, count requests and cost nothing."""

import io
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, cast

from typing_extensions import override

from holdfast.aws.connections import Connections
from holdfast.core.backends import Access

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


@dataclass(slots=True, kw_only=True)
class MemoryBucket:
    """A bucket with these keys; every object has the same body. Pages as in the S3 API reference.

    The first page of each part waits at `together`, if there is one, until as many are asked for at the same time.
    """

    keys: Sequence[str]
    body: bytes = b""
    together: threading.Barrier | None = None
    pages: list[tuple[str, int]] = field(default_factory=list)  # where each began, how much it had

    def list_objects_v2(
        self,
        *,
        Bucket: str,  # noqa: N803 - botocore's names
        MaxKeys: int,  # noqa: N803 - as above
        StartAfter: str = "",  # noqa: N803 - as above
        ContinuationToken: str = "",  # noqa: N803 - as above
        Prefix: str = "",  # noqa: N803 - as above
        Delimiter: str = "",  # noqa: N803 - as above
    ) -> Mapping[str, object]:
        del Bucket
        after = ContinuationToken or StartAfter
        if Delimiter:
            prefixes = self._prefixes(Prefix, after)
            return {"CommonPrefixes": [{"Prefix": each} for each in prefixes[:MaxKeys]]}
        if self.together is not None and StartAfter and not ContinuationToken:
            self.together.wait()
        start = bisect_right(self.keys, after) if after else 0
        shown = self.keys[start : start + MaxKeys]
        self.pages.append((after, len(shown)))
        answer: dict[str, object] = {"Contents": [{"Key": key} for key in shown]}
        if start + MaxKeys < len(self.keys):
            answer |= {"IsTruncated": True, "NextContinuationToken": shown[-1]}
        return answer

    def get_object(self, *, Bucket: str, Key: str) -> Mapping[str, object]:  # noqa: N803 - as above
        del Bucket
        found = bisect_left(self.keys, Key)
        assert self.keys[found] == Key
        return {"Body": io.BytesIO(self.body), "ETag": '"etag"'}

    def _prefixes(self, prefix: str, after: str) -> list[str]:
        below = (key for key in self.keys if key.startswith(prefix) and key > after)
        ends = ((key, key.find("/", len(prefix))) for key in below)
        return list(dict.fromkeys(key[: end + 1] for key, end in ends if end >= 0))


@dataclass(slots=True, kw_only=True)
class MemoryTable:
    """A lock table: an item for each path, a digest where the path ends so, and a lock otherwise.

    The first page of each segment waits at `together`, as in `MemoryBucket`.
    """

    paths: Sequence[str]
    info: str = "{}"
    together: threading.Barrier | None = None
    pages: list[int] = field(default_factory=list)

    def scan(
        self,
        *,
        TableName: str,  # noqa: N803 - as above
        ConsistentRead: bool,  # noqa: N803 - as above
        ProjectionExpression: str,  # noqa: N803 - as above
        Limit: int,  # noqa: N803 - as above
        Segment: int = 0,  # noqa: N803 - as above
        TotalSegments: int = 1,  # noqa: N803 - as above
        ExclusiveStartKey: Mapping[str, Mapping[str, str]] | None = None,  # noqa: N803 - as above
    ) -> Mapping[str, object]:
        assert (TableName, ConsistentRead) == ("locks", True)
        assert ProjectionExpression == "LockID, Info, Digest"
        if self.together is not None and TotalSegments > 1 and ExclusiveStartKey is None:
            self.together.wait()
        start = Segment
        if ExclusiveStartKey is not None:
            start = self.paths.index(ExclusiveStartKey["LockID"]["S"]) + TotalSegments
        end = start + Limit * TotalSegments
        shown = list(islice(self.paths, start, end, TotalSegments))
        self.pages.append(len(shown))
        answer: dict[str, object] = {"Items": [self._item(path) for path in shown]}
        if len(shown) == Limit:
            answer["LastEvaluatedKey"] = {"LockID": {"S": shown[-1]}}
        return answer

    def _item(self, path: str) -> Mapping[str, Mapping[str, str]]:
        name = {"LockID": {"S": path}}
        if path.endswith("-md5"):
            return {**name, "Digest": {"S": "0" * 32}}
        return {**name, "Info": {"S": self.info}}


class MemoryConnections(Connections):
    """Connections that lead to a bucket and a table in memory, whatever the access and the region."""

    def __init__(self, bucket: MemoryBucket, table: MemoryTable) -> None:
        super().__init__()
        self.bucket = bucket
        self.table = table

    @override
    def s3(self, access: Access, region: str | None, *, retries: bool = True) -> "S3Client":
        return cast("S3Client", self.bucket)

    @override
    def dynamodb(
        self, access: Access, region: str | None, *, retries: bool = True
    ) -> "DynamoDBClient":
        return cast("DynamoDBClient", self.table)
