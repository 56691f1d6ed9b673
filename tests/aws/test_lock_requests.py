"""What a failed request says about the lock: a time-out is a lost answer, and a connection that never came about is not."""

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from holdfast.aws.errors import AwsError
from holdfast.aws.lock_requests import Failure, Lost, failure_of
from holdfast.core.facts import Reason
from holdfast.core.locks import Refused

URL = "https://dynamodb.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ReadTimeoutError(endpoint_url=URL), Lost),
        (ConnectionClosedError(endpoint_url=URL), Lost),
        (ConnectTimeoutError(endpoint_url=URL), Refused),
        (EndpointConnectionError(endpoint_url=URL), Refused),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_only_what_was_sent_can_have_taken_the_lock(error: AwsError, kind: type[Failure]) -> None:
    failure = failure_of(error, permission="dynamodb:PutItem")
    assert isinstance(failure, kind)
    assert isinstance(failure, Lost | Refused)
    assert failure.withheld.reason is Reason.UNREACHABLE
