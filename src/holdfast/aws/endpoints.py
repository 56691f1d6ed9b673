"""Custom endpoints: which address a service is asked at, in the order that Terraform keeps."""

from __future__ import annotations

import os

from holdfast.core.backends import Access

# Terraform's older names; `AWS_ENDPOINT_URL_S3` and its like are botocore's own and win over these.
ENDPOINT_VARIABLE_OLD = {
    "s3": "AWS_S3_ENDPOINT",
    "dynamodb": "AWS_DYNAMODB_ENDPOINT",
    "sts": "AWS_STS_ENDPOINT",
    "iam": "AWS_IAM_ENDPOINT",
}


def endpoint_of_service(access: Access, service: str) -> str | None:
    """Return the custom endpoint of a service, or None to leave it to botocore.

    Terraform's order: the backend's own, `AWS_ENDPOINT_URL_<SERVICE>` (botocore reads it), the older
    variable, `AWS_ENDPOINT_URL` (botocore again).
    """
    configured = {
        "s3": access.endpoints.s3,
        "dynamodb": access.endpoints.dynamodb,
        "sts": access.endpoints.sts,
        "iam": access.endpoints.iam,
        "kms": access.endpoints.kms,
    }
    if endpoint := configured.get(service):
        return endpoint
    if os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}"):
        return None
    return os.environ.get(ENDPOINT_VARIABLE_OLD.get(service, "")) or None


def own_endpoint(access: Access, service: str) -> bool:
    """Tell whether a service is asked at a custom endpoint: the backend's or the environment's."""
    return bool(
        endpoint_of_service(access, service)
        or os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        or os.environ.get("AWS_ENDPOINT_URL")
    )
