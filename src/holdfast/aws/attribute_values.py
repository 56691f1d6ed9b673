"""Attribute values of DynamoDB as one line of text, and back: the JSON of its API, bytes as base64.

botocore has bytes where the API has base64; everything else it leaves as it is on the wire.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

BINARY = "B"
BINARY_SET = "BS"
MAP = "M"
LIST = "L"


def attribute_json(value: Mapping[str, object]) -> str:
    """Return one attribute value as a line of text, the same for every look at it."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def attribute_of(text: str) -> AttributeValueTypeDef:
    """Return the attribute value that `attribute_json` wrote."""
    return cast("AttributeValueTypeDef", _typed(json.loads(text)))


def _plain(value: object) -> object:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def _typed(value: Mapping[str, object]) -> Mapping[str, object]:
    """Put bytes back: only the type says where they were, for a map may have a member that is called `B`."""
    match value:
        case {"B": str(text)}:
            return {BINARY: base64.b64decode(text)}
        case {"BS": list(texts)}:
            return {BINARY_SET: [base64.b64decode(str(text)) for text in texts]}
        case {"M": Mapping() as members}:
            return {MAP: {name: _typed(each) for name, each in members.items()}}
        case {"L": list(members)}:
            return {LIST: [_typed(each) for each in members]}
        case _:
            return value
