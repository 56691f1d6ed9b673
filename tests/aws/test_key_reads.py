"""The key behind an encryption: its state and rotation, in its own region."""

import json

import pytest

from holdfast.aws.connections import Connections
from holdfast.aws.key_reads import KeyAddress, key_health
from holdfast.core.cloud import EncryptionKey, KeyState
from holdfast.core.facts import Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, Refuse, Response, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to

ARN = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-8444-555555555555"


@pytest.fixture
def address(member: FreshAccount, fault_proxy: FaultProxy) -> KeyAddress:
    del member
    return KeyAddress(access=access_to(fault_proxy.url), region="eu-west-1", key=ARN)


def answer(fault_proxy: FaultProxy, operation: str, document: object) -> None:
    response = Response(
        status=200,
        headers={"Content-Type": "application/x-amz-json-1.1"},
        body=json.dumps(document).encode(),
    )
    fault_proxy.add(Rule(action=Answer(response=response), operation=f"kms:{operation}"))


def regions_asked(fault_proxy: FaultProxy) -> set[str]:
    """Return the regions that requests were signed for."""
    return {request.headers["authorization"].split("/")[2] for request in fault_proxy.requests()}


def metadata(state: str, manager: str = "CUSTOMER") -> object:
    return {
        "KeyMetadata": {
            "KeyId": ARN.rpartition("/")[2],
            "Arn": ARN,
            "KeyState": state,
            "KeyManager": manager,
        }
    }


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("Enabled", KeyState.ENABLED),
        ("Disabled", KeyState.DISABLED),
        ("PendingDeletion", KeyState.PENDING_DELETION),
        ("PendingReplicaDeletion", KeyState.PENDING_DELETION),
        ("PendingImport", KeyState.OTHER),
        ("Unavailable", KeyState.OTHER),
    ],
)
def test_a_customers_key_is_told_with_state_and_rotation(
    connections: Connections,
    address: KeyAddress,
    fault_proxy: FaultProxy,
    state: str,
    expected: KeyState,
) -> None:
    answer(fault_proxy, "DescribeKey", metadata(state))
    answer(fault_proxy, "GetKeyRotationStatus", {"KeyRotationEnabled": True})

    assert key_health(connections, address) == Known(
        EncryptionKey(
            arn=ARN,
            state=expected,
            state_text=state,
            customer_managed=True,
            rotation=Known(value=True),
        )
    )
    assert regions_asked(fault_proxy) == {"eu-central-1"}


def test_a_key_of_aws_is_not_asked_for_its_rotation(
    connections: Connections, address: KeyAddress, fault_proxy: FaultProxy
) -> None:
    answer(fault_proxy, "DescribeKey", metadata("Enabled", "AWS"))

    assert key_health(connections, address) == Known(
        EncryptionKey(
            arn=ARN,
            state=KeyState.ENABLED,
            state_text="Enabled",
            customer_managed=False,
            rotation=Known(value=True),
        )
    )
    assert fault_proxy.counts() == {"kms:DescribeKey": 1}


def test_a_key_that_does_not_exist_is_missing(
    connections: Connections, address: KeyAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=Refuse(code="NotFoundException", status=400)))

    assert key_health(connections, address) == Known(
        EncryptionKey(
            arn=ARN,
            state=KeyState.MISSING,
            state_text="NotFoundException",
            customer_managed=True,
            rotation=Withheld(reason=Reason.NOT_ASKED, detail="there is no such key"),
        )
    )


def test_a_rotation_that_may_not_be_read_leaves_the_rest_known(
    connections: Connections, address: KeyAddress, fault_proxy: FaultProxy
) -> None:
    answer(fault_proxy, "DescribeKey", metadata("Enabled"))
    fault_proxy.deny("kms:GetKeyRotationStatus")

    fact = key_health(connections, address)

    assert isinstance(fact, Known)
    assert fact.value.state is KeyState.ENABLED
    assert isinstance(fact.value.rotation, Withheld)
    assert fact.value.rotation.permission == "kms:GetKeyRotationStatus"


def test_an_alias_is_asked_for_where_the_bucket_is(
    connections: Connections, address: KeyAddress, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("kms:DescribeKey")
    alias = KeyAddress(access=address.access, region="eu-west-1", key="alias/state")

    fact = key_health(connections, alias)

    assert isinstance(fact, Withheld)
    assert fact.permission == "kms:DescribeKey"
    assert regions_asked(fault_proxy) == {"eu-west-1"}
