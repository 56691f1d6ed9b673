"""The JSON Schema of `holdfast.yaml`, made from the table of settings.

`holdfast.schema.json` beside this module is `schema_text()`, written down so that it ships with the
package; a test says how to write it anew. A schema sees one value at a time: whether names are legal,
accounts are known and buckets are distinct is for the command to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TypeAlias, assert_never

from holdfast.declaration.settings import DECLARATION
from holdfast.declaration.shapes import (
    Choice,
    Constant,
    Field,
    Flag,
    Group,
    Listed,
    Named,
    Number,
    Shape,
    Text,
    TextMap,
    TextOrMap,
)

SCHEMA_FILE = "holdfast.schema.json"

Json: TypeAlias = Mapping[str, "Json"] | list["Json"] | str | int | bool


def schema_text() -> str:
    """Return the JSON Schema (draft 2020-12) as it is shipped."""
    head: dict[str, Json] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "holdfast.yaml",
        "description": "The state backends of a fleet, declared for Holdfast.",
    }
    return json.dumps({**head, **_schema(DECLARATION)}, indent=2) + "\n"


def shipped_schema() -> str:
    """Return the JSON Schema that came with this installation."""
    return files("holdfast.declaration").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")


def _schema(shape: Shape) -> dict[str, Json]:
    match shape:
        case Text():
            return {
                "type": "string",
                "pattern": _whole(shape),
                **({"examples": list(shape.examples)} if shape.examples else {}),
            }
        case Choice():
            return {"enum": list(shape.values)}
        case Constant():
            return {"const": shape.value}
        case Number():
            return {"type": "integer", "minimum": shape.minimum, "maximum": shape.maximum}
        case Flag():
            return {"type": "boolean"}
        case TextMap():
            names: dict[str, Json] = {"pattern": _whole(shape.key)}
            settings: list[Json] = [each.name for each in shape.settings]
            return {
                "type": "object",
                "propertyNames": {"anyOf": [{"enum": settings}, names]} if settings else names,
                **(
                    {"properties": {each.name: _field(each) for each in shape.settings}}
                    if settings
                    else {}
                ),
                "additionalProperties": _schema(shape.value),
                "maxProperties": shape.entries_max,
                **({"minProperties": shape.entries_min} if shape.entries_min else {}),
            }
        case TextOrMap():
            return {"oneOf": [_schema(shape.text), _schema(shape.mapping)]}
        case Group():
            required: list[Json] = [each.name for each in shape.fields if each.required]
            return {
                "type": "object",
                "properties": {each.name: _field(each) for each in shape.fields},
                **({"required": required} if required else {}),
                "additionalProperties": False,
            }
        case Named():
            return {
                "type": "object",
                "propertyNames": {"pattern": _whole(shape.key)},
                "additionalProperties": _schema(shape.value),
            }
        case Listed():
            return {
                "type": "array",
                "items": _schema(shape.item),
                **({"minItems": shape.items_min} if shape.items_min else {}),
            }
        case _:
            assert_never(shape)


def _field(field: Field) -> dict[str, Json]:
    return {"description": field.description, **_schema(field.shape)}


def _whole(shape: Text) -> str:
    return f"^(?:{shape.pattern})$"
