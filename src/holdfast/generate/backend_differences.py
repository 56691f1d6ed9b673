"""What generated backend arguments would change in a root that has its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.access import access_of
from holdfast.core.repository import (
    SENSITIVE_ARGUMENTS,
    SENSITIVE_PLACEHOLDER,
    Attribute,
    Configuration,
    Literal,
    Origin,
)
from holdfast.generate.backend_arguments import ArgumentValue

# What is always written and takes nothing away from a root that does without it.
HARMLESS_ADDITIONS = frozenset(
    {"allowed_account_ids", "encrypt", "region", "skip_region_validation"}
)
ROLE_ARGUMENTS = frozenset(
    {"assume_role", "assume_role_with_web_identity", "external_id", "role_arn", "session_name"}
)


def argument_differences(
    configuration: Configuration, generated: Mapping[str, ArgumentValue]
) -> tuple[str, ...]:
    """Return what differs, in words: arguments that would be lost, changed or added."""
    own = {
        each.name: each
        for each in configuration.attributes
        if each.origin is not Origin.ENVIRONMENT or each.name in generated
    }
    return (*_changed(own, generated), *_role(configuration, generated))


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
        if name not in own and name not in HARMLESS_ADDITIONS | ROLE_ARGUMENTS:
            yield f"`{name}` would be added as `{_shown(value)}`"


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
