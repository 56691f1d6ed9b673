"""What a failed request says about the lock: a time-out is a lost answer, and a connection that never came about is not."""

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
)
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError, ProxyError

from holdfast.aws.errors import AwsError
from holdfast.aws.lock_requests import Failure, Lost, failure_of
from holdfast.core.facts import Reason
from holdfast.core.locks import Refused

URL = "https://dynamodb.eu-west-1.amazonaws.com"
PROXY = "http://proxy:3128"
NO_PROXY = NewConnectionError(HTTPConnection("proxy"), "refused")
HUNG_UP = ConnectionError("the remote end closed the connection without an answer")


def through_proxy(cause: Exception) -> ProxyConnectionError:
    """Return what botocore makes of a proxy that failed (1.43, `httpsession`)."""
    return ProxyConnectionError(
        proxy_url=PROXY, error=ProxyError("Unable to connect to proxy", cause)
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ReadTimeoutError(endpoint_url=URL), Lost),
        (ConnectionClosedError(endpoint_url=URL), Lost),
        (ConnectTimeoutError(endpoint_url=URL), Refused),
        (EndpointConnectionError(endpoint_url=URL), Refused),
        (through_proxy(NO_PROXY), Refused),
        (through_proxy(HUNG_UP), Lost),
    ],
    ids=["no answer", "closed", "no time", "no endpoint", "no proxy", "proxy hung up"],
)
def test_only_what_was_sent_can_have_taken_the_lock(error: AwsError, kind: type[Failure]) -> None:
    failure = failure_of(error, permission="dynamodb:PutItem")
    assert isinstance(failure, kind)
    assert isinstance(failure, Lost | Refused)
    assert failure.withheld.reason is Reason.UNREACHABLE
