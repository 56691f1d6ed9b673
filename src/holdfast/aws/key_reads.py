"""The health of the KMS key behind a bucket's encryption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.errors import error_code
from holdfast.aws.reading import reads, region_of_arn
from holdfast.core.backends import Access
from holdfast.core.cloud import EncryptionKey, KeyState
from holdfast.core.facts import Known, Reason, Withheld

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# KMS API reference, KeyMetadata.KeyState. A replica that waits for its primary is on its way out as well.
STATES = {
    "Enabled": KeyState.ENABLED,
    "Disabled": KeyState.DISABLED,
    "PendingDeletion": KeyState.PENDING_DELETION,
    "PendingReplicaDeletion": KeyState.PENDING_DELETION,
}

KEY_ELSEWHERE = Withheld(
    reason=Reason.NOT_ASKED, detail="S3 has an endpoint of its own and KMS has none"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAddress:
    """Which key: an ARN, an id or an alias as the bucket's configuration names it."""

    access: Access
    region: str | None
    key: str

    def client(self, connections: Connections) -> KMSClient:
        """Return the KMS client for the key's own region, which an ARN names."""
        return connections.kms(self.access, region_of_arn(self.key) or self.region)


@reads("kms:DescribeKey")
def key_health(connections: Connections, address: KeyAddress) -> EncryptionKey:
    """Read DescribeKey and, for a customer's key, GetKeyRotationStatus.

    `NotFoundException` makes a key `MISSING`: S3 stores whatever id it is given.
    """
    client = address.client(connections)
    try:
        metadata = client.describe_key(KeyId=address.key)["KeyMetadata"]
    except ClientError as error:
        if error_code(error) != "NotFoundException":
            raise
        return EncryptionKey(
            arn=address.key,
            state=KeyState.MISSING,
            state_text="NotFoundException",
            customer_managed=True,
            rotation=Withheld(reason=Reason.NOT_ASKED, detail="there is no such key"),
        )
    arn = metadata.get("Arn") or address.key
    state_text = metadata.get("KeyState", "")
    customer_managed = metadata.get("KeyManager") == "CUSTOMER"
    # AWS rotates its own keys every year and does not let anybody else ask (KMS developer guide).
    rotation = (
        key_rotation(connections, KeyAddress(access=address.access, region=address.region, key=arn))
        if customer_managed
        else Known(value=True)
    )
    return EncryptionKey(
        arn=arn,
        state=STATES.get(state_text, KeyState.OTHER),
        state_text=state_text,
        customer_managed=customer_managed,
        rotation=rotation,
    )


@reads("kms:GetKeyRotationStatus")
def key_rotation(connections: Connections, address: KeyAddress) -> bool:
    """Read GetKeyRotationStatus; it takes an id or an ARN and no alias."""
    answer = address.client(connections).get_key_rotation_status(KeyId=address.key)
    return answer["KeyRotationEnabled"]
