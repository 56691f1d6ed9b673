"""Roots and configurations for the tests of what is made of them."""

from collections.abc import Mapping
from typing import TypeAlias

from holdfast.core.repository import (
    Attribute,
    AttributeValue,
    BackendBlock,
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

Argument: TypeAlias = "LiteralValue | Computed"
Given = Mapping[str, Argument]


def configuration(
    values: Given, *, path: str = "app", label: str = "", certainty: Certainty = Certainty.CERTAIN
) -> Configuration:
    attributes = (
        attribute(name, value if isinstance(value, Computed) else Literal(value), path, line)
        for line, (name, value) in enumerate(values.items(), start=3)
    )
    return Configuration(label=label, certainty=certainty, attributes=tuple(attributes))


def attribute(name: str, value: AttributeValue, path: str, line: int) -> Attribute:
    span = SourceSpan(f"{path}/main.tf", line, 5)
    return Attribute(name=name, value=value, span=span, origin=Origin.BLOCK)


def root(path: str, *configurations: Configuration, backend_type: str = "s3") -> Root:
    span = SourceSpan(f"{path}/main.tf", 2, 3)
    block = BackendBlock(type=backend_type, span=span, attributes=())
    return Root(
        path=path, place=Place.LIVE, span=span, blocks=(block,), configurations=configurations
    )


def simple(path: str, **values: Argument) -> Root:
    return root(path, configuration({"bucket": "b", "key": path, **values}, path=path))
