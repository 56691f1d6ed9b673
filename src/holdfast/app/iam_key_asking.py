"""Ask AWS which KMS keys the buckets and lock tables of backends are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import bucket_encryption
from holdfast.aws.connections import Connections
from holdfast.aws.table_reads import TableAddress, table_presence
from holdfast.core.backends import Backend
from holdfast.core.cloud import Encryption, Table
from holdfast.core.facts import Fact, Known, Withheld


@dataclass(frozen=True, slots=True)
class AskedKeys:
    """Answers of AWS; each is asked for when it is needed."""

    connections: Connections

    def table_key(self, backend: Backend, table: str) -> Fact[str | None]:
        """Return the ARN of the KMS key of a table (DescribeTable); None for DynamoDB's own, or without a table."""
        address = TableAddress(access=backend.access, region=backend.region, table=table)
        match table_presence(self.connections, address):
            case Known(Table(key=key)):
                return Known(key)
            case Known(_):
                return Known(None)
            case Withheld() as withheld:
                return withheld

    def bucket_encryption(self, backend: Backend) -> Fact[Encryption | None]:
        """Return the default encryption of the backend's bucket (GetBucketEncryption)."""
        address = BucketAddress(
            access=backend.access,
            region=backend.region,
            bucket=backend.bucket,
            account=backend.account,
        )
        return bucket_encryption(self.connections, address)
