"""Builders of roots that take their backend from partial files, and of values that are expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.core.repository import (
    Attribute,
    BackendBlock,
    CachedBackend,
    Certainty,
    Computed,
    Configuration,
    Literal,
    LiteralValue,
    Origin,
    Place,
    Root,
)
from holdfast.core.source import SourceSpan
from tests.rules.fleets import BUCKET, REGION, TABLE


def settings(key: str = "network/terraform.tfstate", /, **changes: LiteralValue) -> dict[str, Any]:
    """Return the arguments of a healthy backend block, changed; None leaves an argument out."""
    healthy: dict[str, LiteralValue] = {
        "bucket": BUCKET,
        "key": key,
        "region": REGION,
        "encrypt": True,
        "dynamodb_table": TABLE,
    }
    return {name: value for name, value in (healthy | changes).items() if value is not None}


def partial(
    path: str,
    arguments: Mapping[str, LiteralValue | Computed],
    *,
    certainty: Certainty = Certainty.CERTAIN,
) -> Configuration:
    """Return the configuration that a file makes of an empty block; its arguments are lines 1 on."""
    return Configuration(
        label=path,
        certainty=certainty,
        attributes=tuple(
            Attribute(
                name=name,
                value=value if isinstance(value, Computed) else Literal(value),
                span=SourceSpan(path, line, 1),
                origin=Origin.PARTIAL_FILE,
            )
            for line, (name, value) in enumerate(arguments.items(), start=1)
        ),
    )


def partial_root(
    path: str,
    *configurations: Configuration,
    place: Place = Place.LIVE,
    cache: CachedBackend | None = None,
) -> Root:
    """Return a root with `backend "s3" {}` in line 2 of its `main.tf`."""
    span = SourceSpan(f"{path}/main.tf", 2, 3)
    return Root(
        path=path,
        place=place,
        span=span,
        blocks=(BackendBlock(type="s3", span=span, attributes=()),),
        configurations=configurations,
        cache=cache,
    )
