"""How an engine's backend block has its objects written and read: encryption and ACL, states and lock files alike.

As in Terraform 1.11.4, S3 backend: `kms_key_id` and the SSE-C key count only when `encrypt` is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, cast

from holdfast.core.locks import LockObjectSettings

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import ObjectCannedACLType
    from mypy_boto3_s3.type_defs import (
        CreateMultipartUploadRequestTypeDef,
        PutObjectRequestTypeDef,
    )


class CustomerKeyArguments(TypedDict, total=False):
    """The arguments of requests on an object that is encrypted with a key of the caller's own."""

    SSECustomerAlgorithm: str
    SSECustomerKey: bytes


def customer_key_arguments(settings: LockObjectSettings) -> CustomerKeyArguments:
    """Return the SSE-C arguments of a read, needed only when `encrypt` is on as well."""
    if settings.customer_key is None or not settings.encrypt:
        return {}
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": settings.customer_key}


def add_settings(
    arguments: PutObjectRequestTypeDef | CreateMultipartUploadRequestTypeDef,
    settings: LockObjectSettings,
) -> None:
    """Add encryption and ACL to the arguments of a write."""
    if settings.acl is not None:
        arguments["ACL"] = cast("ObjectCannedACLType", settings.acl)
    if not settings.encrypt:
        return
    if settings.customer_key is not None:
        arguments["SSECustomerAlgorithm"] = "AES256"
        arguments["SSECustomerKey"] = settings.customer_key
    elif settings.kms_key is not None:
        arguments["ServerSideEncryption"] = "aws:kms"
        arguments["SSEKMSKeyId"] = settings.kms_key
    else:
        arguments["ServerSideEncryption"] = "AES256"
