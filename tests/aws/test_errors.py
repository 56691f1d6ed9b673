"""The mapping of foreign errors is compared as a whole: a code that moves, moves in a test too."""

import pytest
from botocore import exceptions as botocore_errors
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from holdfast.aws.errors import (
    REASON_OF_CLASS,
    REASON_OF_CODE,
    AwsError,
    error_code,
    raised,
    reason_of,
    withheld,
)
from holdfast.core.facts import Reason, Withheld
from holdfast.errors import (
    CredentialsError,
    EndpointUnreachableError,
    HoldfastError,
    PermissionMissingError,
    ServiceError,
)

CODES = {
    Reason.PERMISSION: """403 AccessDenied AccessDeniedException AllAccessDisabled AuthorizationError
        AuthorizationErrorException Forbidden ForbiddenException KMS.AccessDeniedException
        KMSAccessDeniedException NotAuthorized UnauthorizedAccess UnauthorizedOperation""",
    Reason.CREDENTIALS: """401 AuthFailure ExpiredIdentityToken ExpiredToken ExpiredTokenException
        IDPCommunicationError IDPRejectedClaim IncompleteSignature IncompleteSignatureException
        InvalidAccessKeyId InvalidClientTokenId InvalidIdentityToken InvalidSignatureException
        InvalidToken MissingAuthenticationToken MissingAuthenticationTokenException
        MissingSecurityHeader NotSignedUp OptInRequired RequestExpired RequestTimeTooSkewed
        SignatureDoesNotMatch SubscriptionRequiredException TokenRefreshRequired UnauthorizedException
        UnrecognizedClientException""",
    Reason.THROTTLED: """429 503 BandwidthLimitExceeded EC2ThrottledException LimitExceededException
        PriorRequestNotComplete ProvisionedThroughputExceededException RequestLimitExceeded
        RequestThrottled RequestThrottledException ServiceUnavailable ServiceUnavailableException
        SlowDown ThrottledException Throttling ThrottlingException TooManyRequests
        TooManyRequestsException""",
    Reason.UNREACHABLE: "504 GatewayTimeout RequestTimeout RequestTimeoutException",
    Reason.UNSUPPORTED: """405 501 InvalidAction MethodNotAllowed NotImplemented
        UnknownOperationException UnsupportedOperation UnsupportedOperationException XNotImplemented""",
}

CLASSES = {
    Reason.CREDENTIALS: """NoCredentialsError PartialCredentialsError CredentialRetrievalError
        UnknownCredentialError ProfileNotFound ConfigNotFound ConfigParseError InvalidConfigError
        RefreshWithMFAUnsupportedError NoAuthTokenError TokenRetrievalError SSOError LoginError
        MetadataRetrievalError""",
    Reason.UNREACHABLE: """HTTPClientError ConnectionError InvalidProxiesConfigError
        IncompleteReadError""",
}


def answered(
    code: str, message: str = "", *, operation: str = "GetBucketVersioning", status: int = 400
) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "RequestId": "REQUEST1",
                "HTTPStatusCode": status,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
                "HostId": "",
            },
        },
        operation,
    )


def test_every_code_has_its_reason() -> None:
    expected = {code: reason for reason, codes in CODES.items() for code in codes.split()}

    assert expected == REASON_OF_CODE
    assert {code: reason_of(answered(code)) for code in expected} == expected


def test_every_exception_class_has_its_reason() -> None:
    expected = tuple(
        (getattr(botocore_errors, name), reason)
        for reason, names in CLASSES.items()
        for name in names.split()
    )

    assert expected == REASON_OF_CLASS


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NoCredentialsError(), Reason.CREDENTIALS),
        (ProfileNotFound(profile="x"), Reason.CREDENTIALS),
        (UnauthorizedSSOTokenError(), Reason.CREDENTIALS),
        (EndpointConnectionError(endpoint_url="http://x", error="y"), Reason.UNREACHABLE),
        (ConnectTimeoutError(endpoint_url="http://x", error="y"), Reason.UNREACHABLE),
        (ReadTimeoutError(endpoint_url="http://x", error="y"), Reason.UNREACHABLE),
        (SSLError(endpoint_url="http://x", error=ValueError("y")), Reason.UNREACHABLE),
        (ProxyConnectionError(proxy_url="http://x", error="y"), Reason.UNREACHABLE),
        (ResponseParserError("not XML"), Reason.ERROR),
        (answered("NoSuchBucket"), Reason.ERROR),
        (answered(""), Reason.ERROR),
    ],
)
def test_an_error_has_the_reason_of_its_nearest_known_class(
    error: AwsError, expected: Reason
) -> None:
    assert reason_of(error) is expected


def test_a_refusal_keeps_the_action_and_the_words_of_the_policy() -> None:
    words = (
        "User: arn:aws:iam::1:user/u is not authorized to perform: s3:GetBucketVersioning on resource: "
        '"arn:aws:s3:::b" with an explicit deny in a service control policy'
    )

    assert withheld(
        answered("AccessDenied", words), permission="s3:GetBucketVersioning"
    ) == Withheld(
        reason=Reason.PERMISSION,
        permission="s3:GetBucketVersioning",
        detail=f"AccessDenied: {words}",
    )


def test_a_refusal_without_words_names_the_action_of_the_call() -> None:
    assert withheld(answered("403", "Forbidden"), permission="s3:ListBucket") == Withheld(
        reason=Reason.PERMISSION, permission="s3:ListBucket", detail="403: Forbidden"
    )


def test_the_action_that_aws_names_wins_over_the_one_of_the_call() -> None:
    refusal = answered("AccessDenied", "x is not authorized to perform: kms:Decrypt on resource y")

    assert withheld(refusal, permission="s3:GetObject").permission == "kms:Decrypt"


def test_a_refused_role_is_not_a_refused_read() -> None:
    refusal = answered("AccessDenied", "Access denied", operation="AssumeRole")

    assert withheld(refusal, permission="s3:ListBucket").permission == "sts:AssumeRole"


@pytest.mark.parametrize("code", ["ExpiredToken", "SlowDown", "NotImplemented", "Whatever"])
def test_only_a_refusal_names_a_permission(code: str) -> None:
    assert withheld(answered(code, "words"), permission="s3:ListBucket") == Withheld(
        reason=REASON_OF_CODE.get(code, Reason.ERROR), detail=f"{code}: words"
    )


def test_an_unreachable_endpoint_is_named_without_user_path_or_query() -> None:
    error = EndpointConnectionError(
        endpoint_url="https://me:secret@s3.example.test:8443/bucket/key?versioning",
        error="<botocore.awsrequest.AWSHTTPSConnection object at 0x7f00>: Connection refused",
    )

    assert withheld(error, permission="s3:ListBucket") == Withheld(
        reason=Reason.UNREACHABLE,
        detail="https://s3.example.test:8443: EndpointConnectionError: Connection refused",
    )


def test_a_proxy_password_is_never_shown() -> None:
    error = ProxyConnectionError(
        proxy_url="http://me:secret@proxy:3128", error="http://me:secret@proxy:3128 refused"
    )

    assert withheld(error, permission="s3:ListBucket") == Withheld(
        reason=Reason.UNREACHABLE,
        detail="http://proxy:3128: ProxyConnectionError: http://proxy:3128 refused",
    )


def test_control_characters_of_a_message_do_not_pass() -> None:
    fact = withheld(answered("Evil\x1b[2J", "red\x1b[31m\nline"), permission="s3:ListBucket")

    assert fact.detail == "Evil\ufffd[2J: red\ufffd[31m line"


def test_the_code_of_an_error_without_an_answer_is_its_class() -> None:
    assert error_code(NoCredentialsError()) == "NoCredentialsError"


@pytest.mark.parametrize(
    ("error", "kind", "facts"),
    [
        (
            answered("AccessDenied", "no"),
            PermissionMissingError,
            (("AWS says", "AccessDenied: no"),),
        ),
        (
            answered("ExpiredToken", "old"),
            CredentialsError,
            (("AWS says", "ExpiredToken: old"),),
        ),
        (
            ConnectTimeoutError(endpoint_url="http://x:1/y", error="slow"),
            EndpointUnreachableError,
            (("cause", "ConnectTimeoutError: slow"),),
        ),
        (
            answered("OperationAborted", "busy", status=409),
            ServiceError,
            (("AWS says", "OperationAborted: busy"), ("request ID", "REQUEST1")),
        ),
        (
            answered("SlowDown", "slower", status=503),
            ServiceError,
            (("AWS says", "SlowDown: slower"), ("request ID", "REQUEST1")),
        ),
    ],
)
def test_an_error_is_raised_as_ours_with_the_state_of_the_world(
    error: AwsError, kind: type[HoldfastError], facts: tuple[tuple[str, str], ...]
) -> None:
    ours = raised(
        error, permission="s3:PutBucketVersioning", resource="bucket `b`", world="half is done"
    )

    assert (type(ours), ours.facts, ours.world) == (kind, facts, "half is done")
