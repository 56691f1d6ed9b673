"""Credentials stand in a backend configuration.

## What it checks
`access_key`, `secret_key`, `token` and `sse_customer_key` as literals in a backend block, a partial file or
a `-backend-config` argument. Their values are dropped when they are read and are never shown.

## Why it matters
Whoever can read the repository can read and replace the states, which hold secrets themselves. The engines also
copy the values in clear into `.terraform/terraform.tfstate` and into every saved plan.

## Fix
Replace the credentials, since they are known to everybody with a checkout, then delete the lines. Name a
`profile` or an `assume_role`, or let the environment say who you are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdfast.core.evidence import quoted
from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import (
    SENSITIVE_ARGUMENTS,
    Attribute,
    Literal,
    PartialFile,
    Place,
    Repository,
    Root,
)

ADVICE = (
    "Replace the credentials, then delete the lines; name a `profile` or an `assume_role`, or let the"
    " environment say who you are."
)


@fleet_rule(Severity.HIGH)
def credentials_in_backend(fleet: Fleet) -> Iterator[Hit]:
    """Name the files with credentials; those of examples are set apart."""
    live = _secrets(fleet.repository, Place.LIVE)
    examples = _secrets(fleet.repository, Place.EXAMPLE)
    for path, secrets in live.items():
        yield _hit(path, secrets)
    for path, secrets in examples.items():
        if path not in live:
            yield _hit(path, secrets, apart=True)


def _secrets(repository: Repository, place: Place) -> Mapping[str, tuple[Attribute, ...]]:
    """Return the secrets of roots in one kind of place, by file, in order."""
    roots = [root for root in repository.roots if root.place is place]
    files = [each for each in repository.partial_files if _place(each, repository) is place]
    attributes = {
        (attribute.span, attribute.name): attribute
        for group in (*map(_attributes, roots), *(file.attributes for file in files))
        for attribute in group
        if _is_secret(attribute)
    }
    found: dict[str, tuple[Attribute, ...]] = {}
    for attribute in sorted(attributes.values(), key=lambda each: (each.span, each.name)):
        found[attribute.span.path] = (*found.get(attribute.span.path, ()), attribute)
    return found


def _attributes(root: Root) -> tuple[Attribute, ...]:
    blocks = (block.attributes for block in root.blocks)
    configurations = (configuration.attributes for configuration in root.configurations)
    return tuple(each for group in (*blocks, *configurations) for each in group)


def _place(file: PartialFile, repository: Repository) -> Place:
    """Return the place of a partial file: that of the nearest root around it, live where there is none."""
    around = [root for root in repository.roots if f"{file.path}/".startswith(f"{root.path}/")]
    nearest = max(around, key=lambda root: len(root.path), default=None)
    return nearest.place if nearest is not None else Place.LIVE


def _is_secret(attribute: Attribute) -> bool:
    if attribute.name not in SENSITIVE_ARGUMENTS:
        return False
    match attribute.value:
        case Literal(value):
            return bool(value)
        case _:
            return False


def _hit(path: str, secrets: tuple[Attribute, ...], *, apart: bool = False) -> Hit:
    names = dict.fromkeys(each.name for each in secrets)
    return Hit(
        message=f"`{path}` holds {quoted(names)} in clear",
        evidence=tuple(
            Evidence(label=each.origin.value, text=f"`{each.name}`", span=each.span)
            for each in secrets
        ),
        advice=ADVICE,
        subject=path,
        apart=apart,
    )
