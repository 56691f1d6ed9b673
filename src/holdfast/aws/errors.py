"""Foreign errors of AWS, mapped to ours: one table from error codes to reasons.

Two ways out: `withheld` makes a fact of an error (reading goes on with the rest), `raised` makes one of
our typed errors of it (the command cannot do without). Only codes and exception classes decide, never the
words of a message, with one exception: where AWS names the refused action in a message, that name is
taken. Nothing here talks to AWS.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from holdfast.core.cleaning import printable
from holdfast.core.facts import Reason, Withheld
from holdfast.errors import (
    CredentialsError,
    EndpointUnreachableError,
    HoldfastError,
    PermissionMissingError,
    ServiceError,
)

AwsError: TypeAlias = ClientError | BotoCoreError | ResponseParserError

# What a call of botocore can raise; for `except`. An answer that is not AWS's at all (a proxy's page)
# is the third one, which is no BotoCoreError.
AWS_ERRORS: tuple[type[ClientError], type[BotoCoreError], type[ResponseParserError]] = (
    ClientError,
    BotoCoreError,
    ResponseParserError,
)

# A HEAD has no body: botocore then takes the status as the code.
REASON_OF_CODE: dict[str, Reason] = {
    **dict.fromkeys(
        (
            "403",
            "AccessDenied",
            "AccessDeniedException",
            "AllAccessDisabled",
            "AuthorizationError",
            "AuthorizationErrorException",
            "Forbidden",
            "ForbiddenException",
            "KMS.AccessDeniedException",
            "KMSAccessDeniedException",
            "NotAuthorized",
            "UnauthorizedAccess",
            "UnauthorizedOperation",
        ),
        Reason.PERMISSION,
    ),
    **dict.fromkeys(
        (
            "401",
            "AuthFailure",
            "ExpiredIdentityToken",
            "ExpiredToken",
            "ExpiredTokenException",
            "IDPCommunicationError",
            "IDPRejectedClaim",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidIdentityToken",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "MissingSecurityHeader",
            "NotSignedUp",
            "OptInRequired",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "SubscriptionRequiredException",
            "TokenRefreshRequired",
            "UnauthorizedException",
            "UnrecognizedClientException",
        ),
        Reason.CREDENTIALS,
    ),
    **dict.fromkeys(
        (
            "429",
            "503",
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "TooManyRequestsException",
        ),
        Reason.THROTTLED,
    ),
    **dict.fromkeys(
        ("504", "GatewayTimeout", "RequestTimeout", "RequestTimeoutException"), Reason.UNREACHABLE
    ),
    **dict.fromkeys(
        (
            "405",
            "501",
            "InvalidAction",
            "MethodNotAllowed",
            "NotImplemented",
            "UnknownOperationException",
            "UnsupportedOperation",
            "UnsupportedOperationException",
            "XNotImplemented",
        ),
        Reason.UNSUPPORTED,
    ),
}

REASON_OF_CLASS: tuple[tuple[type[BotoCoreError], Reason], ...] = (
    (botocore_errors.NoCredentialsError, Reason.CREDENTIALS),
    (botocore_errors.PartialCredentialsError, Reason.CREDENTIALS),
    (botocore_errors.CredentialRetrievalError, Reason.CREDENTIALS),
    (botocore_errors.UnknownCredentialError, Reason.CREDENTIALS),
    (botocore_errors.ProfileNotFound, Reason.CREDENTIALS),
    (botocore_errors.ConfigNotFound, Reason.CREDENTIALS),
    (botocore_errors.ConfigParseError, Reason.CREDENTIALS),
    (botocore_errors.InvalidConfigError, Reason.CREDENTIALS),
    (botocore_errors.RefreshWithMFAUnsupportedError, Reason.CREDENTIALS),
    (botocore_errors.NoAuthTokenError, Reason.CREDENTIALS),
    (botocore_errors.TokenRetrievalError, Reason.CREDENTIALS),
    (botocore_errors.SSOError, Reason.CREDENTIALS),
    (botocore_errors.LoginError, Reason.CREDENTIALS),
    (botocore_errors.MetadataRetrievalError, Reason.CREDENTIALS),
    (botocore_errors.HTTPClientError, Reason.UNREACHABLE),
    (botocore_errors.ConnectionError, Reason.UNREACHABLE),
    (botocore_errors.InvalidProxiesConfigError, Reason.UNREACHABLE),
    (botocore_errors.IncompleteReadError, Reason.UNREACHABLE),
)

# Calls that botocore makes by itself to get credentials, and the action that each needs. A refusal of
# one of them is not a refusal of the call that the credentials were for.
PERMISSION_OF_CREDENTIAL_CALL: dict[str, str] = {
    "AssumeRole": "sts:AssumeRole",
    "AssumeRoleWithSAML": "sts:AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity": "sts:AssumeRoleWithWebIdentity",
    "GetRoleCredentials": "sso:GetRoleCredentials",
}

ACTION_REFUSED = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)")
PYTHON_OBJECT = re.compile(r"<[^<>]* object at 0x[0-9a-f]+>: |\w+\(host='[^']*', port=\d+\): ")
PATH_OF_ADDRESS = re.compile(r"(?<=[^/:])[/?#].*", re.DOTALL)
SECRET_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+@")


def error_code(error: AwsError) -> str:
    """Return the service's error code, or the name of the exception class when no service answered."""
    if isinstance(error, ClientError):
        return printable(str(error.response.get("Error", {}).get("Code", ""))) or "Unknown"
    return type(error).__name__


def http_status(error: AwsError) -> int | None:
    """Return the HTTP status of the answer, or None when there was none."""
    if not isinstance(error, ClientError):
        return None
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")


def reason_of(error: AwsError) -> Reason:
    """Return the reason that an error stands for; `ERROR` for all that the tables do not name."""
    if isinstance(error, ClientError):
        return REASON_OF_CODE.get(error_code(error), Reason.ERROR)
    return next(
        (reason for kind, reason in REASON_OF_CLASS if isinstance(error, kind)), Reason.ERROR
    )


def permission_of(error: AwsError, *, permission: str) -> str:
    """Return the action that was refused: as AWS names it, else the one that the call needs."""
    if not isinstance(error, ClientError):
        return permission
    named = ACTION_REFUSED.search(str(error.response.get("Error", {}).get("Message", "")))
    if named is not None:
        return named[1]
    return PERMISSION_OF_CREDENTIAL_CALL.get(error.operation_name, permission)


def endpoint_of(error: AwsError) -> str:
    """Return scheme, host and port of the endpoint that did not answer, without user or path."""
    keywords: dict[str, object] = getattr(error, "kwargs", {})
    address = str(keywords.get("endpoint_url") or keywords.get("proxy_url") or "")
    return printable(SECRET_IN_ADDRESS.sub("", PATH_OF_ADDRESS.sub("", address))) or "the endpoint"


def detail_of(error: AwsError) -> str:
    """Return what the service, or the network, said: cleaned, on one line, without credentials."""
    if isinstance(error, ClientError):
        message = str(error.response.get("Error", {}).get("Message", "")).strip()
        code = error_code(error)
        return printable(f"{code}: {message}") if message and message != code else code
    cause = getattr(error, "kwargs", {}).get("error")
    text = f"{type(error).__name__}: {cause}" if cause else str(error)
    return printable(SECRET_IN_ADDRESS.sub("", PYTHON_OBJECT.sub("", text)))


def withheld(error: AwsError, *, permission: str) -> Withheld:
    """Make a withheld fact of a foreign error.

    `permission` is the IAM action that the call needs; it is kept only where it was refused.
    """
    reason = reason_of(error)
    match reason:
        case Reason.PERMISSION:
            return Withheld(
                reason=reason,
                permission=permission_of(error, permission=permission),
                detail=detail_of(error),
            )
        case Reason.UNREACHABLE:
            return Withheld(reason=reason, detail=f"{endpoint_of(error)}: {detail_of(error)}")
        case _:
            return Withheld(reason=reason, detail=detail_of(error))


def raised(
    error: AwsError, *, permission: str, resource: str, world: str = "nothing was changed"
) -> HoldfastError:
    """Make one of our errors of a foreign one, to be raised from it.

    `resource` says what the call was about (`bucket x`), `world` what was and was not changed.
    """
    detail = detail_of(error)
    match reason_of(error):
        case Reason.PERMISSION:
            action = permission_of(error, permission=permission)
            return PermissionMissingError(action, resource, detail=detail, world=world)
        case Reason.CREDENTIALS:
            return CredentialsError(resource, detail, world=world)
        case Reason.UNREACHABLE:
            return EndpointUnreachableError(endpoint_of(error), detail, world=world)
        case _:
            return ServiceError(
                getattr(error, "operation_name", permission),
                resource,
                code=error_code(error),
                detail=detail,
                request_id=request_id_of(error),
                world=world,
            )


def request_id_of(error: AwsError) -> str:
    """Return the request id of the answer, empty when it has none."""
    if not isinstance(error, ClientError):
        return ""
    return printable(str(error.response.get("ResponseMetadata", {}).get("RequestId", "")))
