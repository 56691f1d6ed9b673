"""The lock table: creating it and its settings, one write each; all are idempotent.

DynamoDB changes a table in the background and refuses a second change meanwhile (`ResourceInUseException`), so
every write waits until the table is ACTIVE, before and after. A request whose answer was lost is recognised
by what DescribeTable says afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.errors import error_code
from holdfast.aws.reading import reads
from holdfast.aws.table_reads import (
    TableAddress,
    table_point_in_time_recovery,
    table_presence,
)
from holdfast.aws.writing import Change, Patience, Setting, ensure, known, pauses, sent
from holdfast.core.cloud import BillingMode, Table, TableAbsent, TablePresence
from holdfast.core.facts import Fact, Known
from holdfast.core.fingerprints import table_words
from holdfast.core.lock_tables import has_lock_schema
from holdfast.core.steps import CreateTable, DisableTimeToLive
from holdfast.errors import EndpointUnreachableError, TableNotALockTableError, TableNotReadyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef

# A table is made in seconds, and can take minutes (DynamoDB developer guide, "Working with tables").
ACTIVE_SECONDS = 300.0
BUSY_CODES = frozenset({"ResourceInUseException", "LimitExceededException"})
# Continuous backups are not there at once when a table is made (DynamoDB API, UpdateContinuousBackups).
BACKUP_CODES = BUSY_CODES | {"ContinuousBackupsUnavailableException", "TableNotFoundException"}
BUSY = Patience(codes=BUSY_CODES, seconds=ACTIVE_SECONDS)
BACKUPS_COMING = Patience(codes=BACKUP_CODES, seconds=ACTIVE_SECONDS)

# An item can outlive its time by days, so what counts is that no new ones are taken (DynamoDB API,
# TimeToLiveStatus). DynamoDB refuses a second change within the hour that the first one can take.
TTL_OFF = frozenset({"DISABLED", "DISABLING"})


def create_table(connections: Connections, address: TableAddress, step: CreateTable) -> Change:
    """Create the lock table and wait until it is ACTIVE: key, billing, protection and tags in one call.

    `ResourceInUseException` means that somebody was faster: that table is waited for, and taken if it is a
    lock table. Raises `TableNotALockTableError` when it is not.
    """
    resource = f"table `{step.table}`"
    presence = known(
        lambda: table_presence(connections, address), resource=resource, patience=Patience()
    )
    if isinstance(presence, TableAbsent):
        _create(connections, address, step, resource)
    table = active_table(connections, address)
    if not has_lock_schema(table):
        raise TableNotALockTableError(step.table, keys=table_words(table))
    if isinstance(presence, Table):
        return Change.ALREADY_THERE
    # Whoever was faster may have left it out, and not every store takes it in the create call.
    protect_table(connections, address)
    return Change.WRITTEN


def _create(
    connections: Connections, address: TableAddress, step: CreateTable, resource: str
) -> None:
    request: CreateTableInputTypeDef = {
        "TableName": address.table,
        "KeySchema": [{"AttributeName": "LockID", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "LockID", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
    }
    if step.tags:
        request["Tags"] = [{"Key": name, "Value": value} for name, value in step.tags]

    def create() -> None:
        try:
            address.client(connections).create_table(**request)
        except ClientError as error:
            if error_code(error) != "ResourceInUseException":
                raise

    try:
        sent(
            create,
            permission="dynamodb:CreateTable",
            resource=resource,
            patience=Patience(codes=frozenset({"LimitExceededException"})),
        )
    except EndpointUnreachableError:
        presence = table_presence(connections, address)
        if not _is_table(presence):
            raise


def active_table(connections: Connections, address: TableAddress) -> Table:
    """Return the table once it is ACTIVE; raise `TableNotReadyError` when it does not become so."""
    status = "absent"
    for _ in pauses(ACTIVE_SECONDS):
        presence = known(
            lambda: table_presence(connections, address),
            resource=f"table `{address.table}`",
            patience=Patience(),
        )
        match presence:
            case Table(status="ACTIVE"):
                return presence
            case Table():
                status = presence.status
            case TableAbsent():
                # A new table is not shown at once (DynamoDB API, DescribeTable: eventually consistent).
                status = "absent"
    raise TableNotReadyError(address.table, status=status, seconds=ACTIVE_SECONDS)


def _is_table(presence: Fact[TablePresence]) -> bool:
    return isinstance(presence, Known) and isinstance(presence.value, Table)


# Settings ---------------------------------------------------------------------------------------


def protect_table(connections: Connections, address: TableAddress) -> Change:
    """Switch deletion protection on: UpdateTable."""
    client = address.client(connections)
    return ensure(
        _table_setting(
            connections,
            address,
            subject="the deletion protection",
            fulfilled=lambda table: table.deletion_protection,
            update=lambda: client.update_table(
                TableName=address.table, DeletionProtectionEnabled=True
            ),
            words=lambda table: "on" if table.deletion_protection else "off",
        )
    )


def switch_table_to_on_demand(connections: Connections, address: TableAddress) -> Change:
    """Change the billing mode to on-demand: UpdateTable. DynamoDB allows it a few times a day."""
    client = address.client(connections)
    return ensure(
        _table_setting(
            connections,
            address,
            subject="the billing mode",
            fulfilled=lambda table: table.billing is BillingMode.ON_DEMAND,
            update=lambda: client.update_table(
                TableName=address.table, BillingMode="PAY_PER_REQUEST"
            ),
            words=lambda table: table.billing.value,
        )
    )


def _table_setting(
    connections: Connections,
    address: TableAddress,
    *,
    subject: str,
    fulfilled: Callable[[Table], bool],
    update: Callable[[], object],
    words: Callable[[Table], str],
) -> Setting[Table]:
    """Return a setting that DescribeTable shows and UpdateTable changes."""

    def write(_: Table) -> None:
        try:
            update()
        except ClientError as error:
            # A repeated request meets the change of the first one, or finds nothing left to change.
            refused = error_code(error) in {"ResourceInUseException", "ValidationException"}
            if not (refused and fulfilled(active_table(connections, address))):
                raise

    def read() -> Fact[Table]:
        return Known(active_table(connections, address))

    return Setting(
        subject=f"{subject} of table `{address.table}`",
        resource=f"table `{address.table}`",
        permission="dynamodb:UpdateTable",
        read=read,
        fulfilled=fulfilled,
        write=write,
        wanted="switched",
        words=words,
        patience=BUSY,
    )


def enable_point_in_time_recovery(connections: Connections, address: TableAddress) -> Change:
    """Switch point-in-time recovery on: UpdateContinuousBackups."""
    client = address.client(connections)
    return ensure(
        Setting(
            subject=f"the point-in-time recovery of table `{address.table}`",
            resource=f"table `{address.table}`",
            permission="dynamodb:UpdateContinuousBackups",
            read=lambda: table_point_in_time_recovery(connections, address),
            fulfilled=lambda on: on,
            write=lambda _: client.update_continuous_backups(
                TableName=address.table,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            ),
            wanted="on",
            words=lambda on: "on" if on else "off",
            patience=BACKUPS_COMING,
        )
    )


@reads("dynamodb:DescribeTimeToLive")
def time_to_live_status(connections: Connections, address: TableAddress) -> str:
    """Read DescribeTimeToLive: the status as DynamoDB names it."""
    answer = address.client(connections).describe_time_to_live(TableName=address.table)
    return answer["TimeToLiveDescription"].get("TimeToLiveStatus", "DISABLED")


def disable_time_to_live(
    connections: Connections, address: TableAddress, step: DisableTimeToLive
) -> Change:
    """Switch TTL off: UpdateTimeToLive. It is done when DynamoDB has begun to."""
    client = address.client(connections)
    return ensure(
        Setting(
            subject=f"the time to live of table `{address.table}`",
            resource=f"table `{address.table}`",
            permission="dynamodb:UpdateTimeToLive",
            read=lambda: time_to_live_status(connections, address),
            fulfilled=lambda status: status in TTL_OFF,
            write=lambda _: client.update_time_to_live(
                TableName=address.table,
                TimeToLiveSpecification={"Enabled": False, "AttributeName": step.attribute},
            ),
            wanted="off",
            words=str.lower,
            patience=BUSY,
        )
    )
