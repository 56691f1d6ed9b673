"""What generated backend arguments would change in a root that has its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.access import access_of
from holdfast.core.default_encryption import SSE_KMS, SSE_S3, DefaultEncryption
from holdfast.core.repository import (
    SENSITIVE_ARGUMENTS,
    SENSITIVE_PLACEHOLDER,
    Attribute,
    Configuration,
    Literal,
    Origin,
)
from holdfast.generate.backend_arguments import ArgumentValue

# What is always written and takes nothing away from a root that does without it. Whether `encrypt` does depends on the
# bucket.
HARMLESS_ADDITIONS = frozenset({"allowed_account_ids", "region", "skip_region_validation"})
ROLE_ARGUMENTS = frozenset(
    {"assume_role", "assume_role_with_web_identity", "external_id", "role_arn", "session_name"}
)
ENCRYPT = "encrypt"
KEY = "kms_key_id"
COMPARED_APART = HARMLESS_ADDITIONS | ROLE_ARGUMENTS | {ENCRYPT, KEY}


def argument_differences(
    configuration: Configuration,
    generated: Mapping[str, ArgumentValue],
    *,
    default: DefaultEncryption | None = None,
) -> tuple[str, ...]:
    """Return what differs, in words: arguments that would be lost, changed or added.

    `default` is what the bucket encrypts with by default; None when it is not known.
    """
    own = {
        each.name: each
        for each in configuration.attributes
        if each.origin is not Origin.ENVIRONMENT or each.name in generated
    }
    return (
        *_changed(own, generated),
        *_encryption(own, generated, default),
        *_role(configuration, generated),
    )


def _changed(own: Mapping[str, Attribute], generated: Mapping[str, ArgumentValue]) -> Iterator[str]:
    for name, attribute in own.items():
        if name in ROLE_ARGUMENTS:
            continue
        if name not in generated:
            if not _says_nothing(attribute):
                yield f"`{name}` would be lost"
        elif _plain(attribute) != _plain_value(generated[name]):
            yield f"`{name}` would be `{_shown(generated[name])}` instead of `{_written(attribute)}`"
    for name, value in generated.items():
        if name not in own and name not in COMPARED_APART:
            yield f"`{name}` would be added as `{_shown(value)}`"


def _encryption(
    own: Mapping[str, Attribute],
    generated: Mapping[str, ArgumentValue],
    default: DefaultEncryption | None,
) -> Iterator[str]:
    """Say what `encrypt` and `kms_key_id` make of the bucket's default where they are added."""
    key = generated.get(KEY)
    adds_encrypt = ENCRYPT in generated and ENCRYPT not in own
    adds_key = key is not None and KEY not in own
    is_default_key = default is not None and default.algorithm == SSE_KMS and key == default.key
    if adds_key and is_default_key and ENCRYPT in own and _plain(own[ENCRYPT]) is True:
        yield (
            f"`{KEY}` would be added as `{_shown(key)}`, the bucket's default: `{ENCRYPT}` alone writes"
            f" its state with {SSE_S3} instead"
        )
    elif adds_key and not (is_default_key and adds_encrypt):
        yield f"`{KEY}` would be added as `{_shown(key)}`"
    elif adds_encrypt and key is None:
        if default is None:
            yield (
                f"`{ENCRYPT}` would be added, which asks for {SSE_S3}; it is not known whether the bucket's"
                " default is a KMS key"
            )
        elif default.algorithm != SSE_S3:
            named = f"`{default.algorithm}`" + (f" with `{default.key}`" if default.key else "")
            yield (
                f"`{ENCRYPT}` would be added, which asks for {SSE_S3} instead of the bucket's default,"
                f" {named}"
            )


def _role(configuration: Configuration, generated: Mapping[str, ArgumentValue]) -> Iterator[str]:
    """Compare roles by what they are: each can be written in two ways."""
    own = access_of(configuration)
    role = generated.get("assume_role")
    nested = role if isinstance(role, Mapping) else generated
    for name, value in (
        ("role_arn", own.role_arn),
        ("external_id", own.external_id),
        ("session_name", own.session_name),
    ):
        wanted = nested.get(name)
        if wanted is None and value is not None:
            yield f"`{name}` would be lost"
        elif wanted != value:
            before = f" instead of `{value}`" if value is not None else ""
            yield f"`{name}` of the role would be `{wanted}`{before}"


def _says_nothing(attribute: Attribute) -> bool:
    """Tell whether an argument is set to what holds without it."""
    return isinstance(attribute.value, Literal) and attribute.value.value in (None, False, "")


def _plain(attribute: Attribute) -> object:
    if not isinstance(attribute.value, Literal):
        return attribute.value
    value = attribute.value.value
    if value in ("true", "false"):  # HCL converts them
        return value == "true"
    return tuple(map(str, value)) if isinstance(value, tuple) else value


def _plain_value(value: ArgumentValue) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(value)
    return value


def _written(attribute: Attribute) -> str:
    if attribute.name in SENSITIVE_ARGUMENTS:
        return SENSITIVE_PLACEHOLDER
    if isinstance(attribute.value, Literal):
        return _shown(_plain(attribute))
    return attribute.value.expression


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
