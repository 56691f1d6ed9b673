"""Backend arguments: which names the S3 backend knows, and how a value of one is kept.

Source of the names: the S3 backend's `ConfigSchema` of Terraform 1.11.4 and the arguments that older
Terraform (before 1.10) and OpenTofu (1.11) know besides.
"""

from __future__ import annotations

from holdfast.core.repository import (
    SENSITIVE_ARGUMENTS,
    SENSITIVE_PLACEHOLDER,
    Attribute,
    AttributeValue,
    Computed,
    Literal,
    Origin,
)
from holdfast.core.source import SourceSpan
from holdfast.hcl.evaluation import EMPTY_SCOPE, Scope, evaluate
from holdfast.hcl.syntax import AttributeSyntax, BlockSyntax, BodySyntax, ObjectExpression

S3_ARGUMENTS = frozenset(
    [
        "access_key",
        "acl",
        "allowed_account_ids",
        "assume_role",
        "assume_role_duration_seconds",
        "assume_role_policy",
        "assume_role_policy_arns",
        "assume_role_tags",
        "assume_role_transitive_tag_keys",
        "assume_role_with_web_identity",
        "bucket",
        "custom_ca_bundle",
        "dynamodb_endpoint",
        "dynamodb_table",
        "ec2_metadata_service_endpoint",
        "ec2_metadata_service_endpoint_mode",
        "encrypt",
        "endpoint",
        "endpoints",
        "external_id",
        "forbidden_account_ids",
        "force_path_style",
        "http_proxy",
        "https_proxy",
        "iam_endpoint",
        "insecure",
        "key",
        "kms_key_id",
        "lock_table",
        "lock_tags",
        "max_retries",
        "no_proxy",
        "profile",
        "region",
        "retry_mode",
        "role_arn",
        "secret_key",
        "session_name",
        "shared_config_files",
        "shared_credentials_file",
        "shared_credentials_files",
        "skip_credentials_validation",
        "skip_metadata_api_check",
        "skip_region_validation",
        "skip_requesting_account_id",
        "skip_s3_checksum",
        "sse_customer_key",
        "state_tags",
        "sts_endpoint",
        "sts_region",
        "token",
        "use_dualstack_endpoint",
        "use_fips_endpoint",
        "use_legacy_workflow",
        "use_lockfile",
        "use_path_style",
        "workspace_key_prefix",
    ]
)
# One of these tells a file for the S3 backend from any other file of settings.
S3_MARKS = frozenset({"bucket", "dynamodb_table", "use_lockfile", "key", "workspace_key_prefix"})


def attribute_of(
    syntax: AttributeSyntax, *, path: str, origin: Origin, scope: Scope = EMPTY_SCOPE
) -> Attribute:
    """Return a backend argument as it is kept: evaluated, with its place, and without a secret."""
    return argument(
        syntax.name,
        evaluate(syntax.expression, scope),
        span=SourceSpan(path, syntax.line, syntax.column),
        origin=origin,
    )


def argument(name: str, value: AttributeValue, *, span: SourceSpan, origin: Origin) -> Attribute:
    """Return a backend argument whose value, where it is a secret, is left out."""
    return Attribute(name=name, value=_kept(name, value), span=span, origin=origin)


def attributes_of(
    body: BodySyntax, *, path: str, origin: Origin, scope: Scope = EMPTY_SCOPE
) -> tuple[Attribute, ...]:
    """Return all arguments of a backend body, each name once, a nested block as an object.

    Terraform takes `assume_role` and `endpoints` as objects; people write them as blocks as well.
    """
    nested = (_as_attribute(block) for block in body.blocks)
    found = {each.name: each for each in (*body.attributes, *nested)}
    return tuple(
        attribute_of(each, path=path, origin=origin, scope=scope) for each in found.values()
    )


def merged(*layers: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """Merge layers of arguments: each name once, the last layer that sets it wins."""
    return tuple({each.name: each for layer in layers for each in layer}.values())


def _as_attribute(block: BlockSyntax) -> AttributeSyntax:
    nested = tuple(_as_attribute(each) for each in block.body.blocks)
    return AttributeSyntax(
        name=block.type,
        expression=ObjectExpression(text=block.type, entries=(*block.body.attributes, *nested)),
        line=block.line,
        column=block.column,
    )


def _kept(name: str, value: AttributeValue) -> AttributeValue:
    if name not in SENSITIVE_ARGUMENTS:
        return value
    match value:
        case Literal(str(text)) if text:
            return Literal(SENSITIVE_PLACEHOLDER)
        case Literal():
            return value
        case Computed():
            return value
