"""How a backend configuration says that the backend is reached. Pure.

Source of the names: the S3 backend's arguments of Terraform 1.11.4; `role_arn` and its neighbours at the top level,
`endpoint` and its neighbours, `force_path_style` and `shared_credentials_file` are older forms that OpenTofu still takes.
"""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.core.backends import Access, Endpoints
from holdfast.core.repository import Configuration, LiteralValue


def access_of(configuration: Configuration) -> Access:
    """Return how a configuration reaches its backend; what is not literal is left out."""
    role = _object(configuration, "assume_role")
    web_identity = _object(configuration, "assume_role_with_web_identity")
    text = configuration.text
    return Access(
        profile=text("profile"),
        role_arn=_text(role, "role_arn") or _text(web_identity, "role_arn") or text("role_arn"),
        external_id=_text(role, "external_id") or text("external_id"),
        session_name=_text(role, "session_name")
        or _text(web_identity, "session_name")
        or text("session_name"),
        web_identity_token_file=_text(web_identity, "web_identity_token_file"),
        shared_config_files=_texts(configuration, "shared_config_files"),
        shared_credentials_files=_texts(configuration, "shared_credentials_files")
        or _texts(configuration, "shared_credentials_file"),
        endpoints=_endpoints(configuration),
        path_style=configuration.flag("use_path_style") or configuration.flag("force_path_style"),
        fips=configuration.flag("use_fips_endpoint"),
        dual_stack=configuration.flag("use_dualstack_endpoint"),
        insecure=configuration.flag("insecure"),
        ca_bundle=text("custom_ca_bundle"),
    )


def s3_endpoint_of(configuration: Configuration) -> str | None:
    """Return the custom S3 endpoint of a configuration, None for the one of AWS."""
    names = ("endpoints", "endpoint")
    return s3_endpoint_in({name: configuration.literal(name) for name in names})


def s3_endpoint_in(arguments: Mapping[str, LiteralValue]) -> str | None:
    """Return the custom S3 endpoint among the arguments of a backend, None for the one of AWS."""
    endpoints = arguments.get("endpoints")
    chosen = _text(endpoints, "s3") if isinstance(endpoints, Mapping) else None
    return chosen or _text(arguments, "endpoint")


def _endpoints(configuration: Configuration) -> Endpoints:
    endpoints = _object(configuration, "endpoints")
    return Endpoints(
        s3=s3_endpoint_of(configuration),
        dynamodb=_text(endpoints, "dynamodb") or configuration.text("dynamodb_endpoint"),
        sts=_text(endpoints, "sts") or configuration.text("sts_endpoint"),
        iam=_text(endpoints, "iam") or configuration.text("iam_endpoint"),
        kms=_text(endpoints, "kms"),
    )


def _object(configuration: Configuration, name: str) -> Mapping[str, LiteralValue]:
    value = configuration.literal(name)
    return value if isinstance(value, Mapping) else {}


def _text(values: Mapping[str, LiteralValue], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) and value else None


def _texts(configuration: Configuration, name: str) -> tuple[str, ...]:
    match configuration.literal(name):
        case str(text) if text:
            return (text,)
        case tuple(items):
            return tuple(item for item in items if isinstance(item, str))
        case _:
            return ()
