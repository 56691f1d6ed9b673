"""The lock table: DescribeTable and the calls beside it.

A table may be named by its ARN, which DynamoDB takes wherever it takes a name; it is then asked for in the
region that the ARN names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads, region_of_arn, unset
from holdfast.core.backends import Access
from holdfast.core.cloud import BillingMode, Table, TableAbsent, TableKey, TablePresence, TimeToLive
from holdfast.core.facts import Reason, Withheld

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

ARN_PREFIX = "arn:"
NAME_PAGES_MAX = 10  # of 100 names each (DynamoDB API, ListTables)
NOT_ASKED_YET = Withheld(reason=Reason.NOT_ASKED, detail="not asked yet")

# What DynamoDB says in a region that the account has not enabled: there can be no table of its there.
REGION_OFF_CODES = frozenset({"UnrecognizedClientException", "InvalidClientTokenId"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAddress:
    """Which table, by name or ARN, and how it is reached."""

    access: Access
    region: str | None
    table: str

    @property
    def by_arn(self) -> bool:
        """Tell whether the table is named by its ARN."""
        return self.table.startswith(ARN_PREFIX)

    def client(self, connections: Connections, *, retries: bool = True) -> DynamoDBClient:
        """Return the DynamoDB client for the table's region; `retries` as for `Connections`."""
        named = region_of_arn(self.table) if self.by_arn else None
        return connections.dynamodb(self.access, named or self.region, retries=retries)


@reads("dynamodb:DescribeTable")
def table_presence(connections: Connections, address: TableAddress) -> TablePresence:
    """Read DescribeTable; the facts of the other calls are left for them to fill in."""
    try:
        answer = address.client(connections).describe_table(TableName=address.table)
    except ClientError as error:
        unset(error, "ResourceNotFoundException")
        return TableAbsent(name=address.table, elsewhere=NOT_ASKED_YET)
    return table_of(answer["Table"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesAddress:
    """All tables of an account in one region, and how they are reached."""

    access: Access
    region: str

    def client(self, connections: Connections) -> DynamoDBClient:
        """Return the DynamoDB client for the region."""
        return connections.dynamodb(self.access, self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNames:
    """Names of the tables in one region; `complete` is False where there are more than were read."""

    names: frozenset[str]
    complete: bool


@reads("dynamodb:ListTables")
def table_names(connections: Connections, address: TablesAddress) -> TableNames:
    """Read ListTables, as many pages as there are and no more than `NAME_PAGES_MAX`."""
    pages = address.client(connections).get_paginator("list_tables")
    names: set[str] = set()
    last: str | None = None
    for page in islice(pages.paginate(), NAME_PAGES_MAX):
        names.update(page["TableNames"])
        last = page.get("LastEvaluatedTableName")
    return TableNames(names=frozenset(names), complete=last is None)


def region_is_off(presence: Withheld) -> bool:
    """Tell whether a read failed because the account has not enabled the region.

    To be asked only of other regions, after the same credentials were good in one.
    """
    # `errors.detail_of` puts the service's code first.
    return (
        presence.reason is Reason.CREDENTIALS
        and presence.detail.partition(":")[0] in REGION_OFF_CODES
    )


def table_of(description: TableDescriptionTypeDef) -> Table:
    """Return the value of a table's description."""
    types = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in description.get("AttributeDefinitions", [])
    }
    keys = {
        element["KeyType"]: TableKey(
            name=element["AttributeName"], type=types.get(element["AttributeName"], "")
        )
        for element in description["KeySchema"]
    }
    region = description["TableArn"].split(":")[3]
    replicas = tuple(
        sorted(
            replica["RegionName"]
            for replica in description.get("Replicas", [])
            if replica.get("RegionName", region) != region
        )
    )
    throughput = description.get("ProvisionedThroughput", {})
    encryption = description.get("SSEDescription", {})
    inaccessible = encryption.get("InaccessibleEncryptionDateTime")
    indexes = (
        *(index["IndexName"] for index in description.get("LocalSecondaryIndexes", [])),
        *(index["IndexName"] for index in description.get("GlobalSecondaryIndexes", [])),
    )
    return Table(
        name=description["TableName"],
        arn=description["TableArn"],
        region=region,
        status=description["TableStatus"],
        hash_key=keys["HASH"],
        range_key=keys.get("RANGE"),
        indexes=indexes,
        # The summary is absent on tables that were never switched (DynamoDB API, TableDescription).
        billing=BillingMode(
            description.get("BillingModeSummary", {}).get("BillingMode", BillingMode.PROVISIONED)
        ),
        read_units=throughput.get("ReadCapacityUnits", 0),
        write_units=throughput.get("WriteCapacityUnits", 0),
        on_demand_write_max=description.get("OnDemandThroughput", {}).get("MaxWriteRequestUnits"),
        deletion_protection=description.get("DeletionProtectionEnabled", False),
        replicas=replicas,
        multi_region_consistency=(
            description.get("MultiRegionConsistency", "EVENTUAL") if replicas else ""
        ),
        key=encryption.get("KMSMasterKeyArn"),
        key_inaccessible_since=inaccessible.isoformat() if inaccessible else None,
        point_in_time_recovery=NOT_ASKED_YET,
        time_to_live=NOT_ASKED_YET,
        policy=NOT_ASKED_YET,
        tags=NOT_ASKED_YET,
    )


@reads("dynamodb:DescribeContinuousBackups")
def table_point_in_time_recovery(connections: Connections, address: TableAddress) -> bool:
    """Read DescribeContinuousBackups."""
    answer = address.client(connections).describe_continuous_backups(TableName=address.table)
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return recovery["PointInTimeRecoveryStatus"] == "ENABLED"


@reads("dynamodb:DescribeTimeToLive")
def table_time_to_live(connections: Connections, address: TableAddress) -> TimeToLive:
    """Read DescribeTimeToLive; a table on its way to or from TTL counts as having it."""
    answer = address.client(connections).describe_time_to_live(TableName=address.table)
    description = answer["TimeToLiveDescription"]
    return TimeToLive(
        enabled=description["TimeToLiveStatus"] != "DISABLED",
        attribute=description.get("AttributeName", ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableArnAddress:
    """A table that was found, by the ARN that DescribeTable gave."""

    access: Access
    region: str
    arn: str

    def client(self, connections: Connections) -> DynamoDBClient:
        """Return the DynamoDB client for the table's region."""
        return connections.dynamodb(self.access, self.region)


@reads("dynamodb:GetResourcePolicy")
def table_policy(connections: Connections, address: TableArnAddress) -> str | None:
    """Read GetResourcePolicy: the text exactly as it is stored."""
    try:
        answer = address.client(connections).get_resource_policy(ResourceArn=address.arn)
    except ClientError as error:
        unset(error, "PolicyNotFoundException")
        return None
    return answer["Policy"]


@reads("dynamodb:ListTagsOfResource")
def table_tags(connections: Connections, address: TableArnAddress) -> Mapping[str, str]:
    """Read ListTagsOfResource, every page."""
    pages = address.client(connections).get_paginator("list_tags_of_resource")
    return {
        tag["Key"]: tag["Value"]
        for page in pages.paginate(ResourceArn=address.arn)
        for tag in page.get("Tags", [])
    }
