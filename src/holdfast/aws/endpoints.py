"""Custom endpoints: which address a service is asked at, in the order that Terraform keeps."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from holdfast.core.backends import Access
from holdfast.core.regions import PARTITIONS

# The dual-stack endpoints of newer services are below names of their own (botocore, `endpoints.json`).
AWS_SUFFIXES = (
    *(partition.dns_suffix for partition in PARTITIONS),
    "api.aws",
    "api.amazonwebservices.com.cn",
)

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
    return own_address(access, service) is not None


def own_address(access: Access, service: str) -> str | None:
    """Return the custom endpoint that a service is asked at: the backend's or the environment's."""
    return (
        endpoint_of_service(access, service)
        or os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        or os.environ.get("AWS_ENDPOINT_URL")
        or None
    )


def is_of_aws(endpoint: str) -> bool:
    """Tell whether an endpoint is one of AWS itself, such as that of a VPC endpoint or of FIPS."""
    try:
        host = urlsplit(endpoint).hostname or ""
    except ValueError:  # not an address; whoever asks there is told so
        return False
    return any(host.endswith(f".{suffix}") for suffix in AWS_SUFFIXES)
