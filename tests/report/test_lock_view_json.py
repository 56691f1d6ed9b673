"""One state's locks as JSON: as the schema says, the stored bytes exactly, and nothing that a terminal would obey."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from holdfast.core.lock_board import LockSide
from holdfast.report.lock_view_json import view_json
from tests.core.locked_states import (
    ANN,
    BEN,
    DENIED,
    NOW,
    info_of,
    item_side,
    locks_of,
    object_side,
)
from tests.core.test_lock_view import view_of
from tests.support.source_tree import ROOT

SCHEMA = ROOT / "src/holdfast/report/schemas/state-locks-v1.json"


def shown(*sides: LockSide) -> Mapping[str, Any]:
    """Return the document, which is as its schema says."""
    text = view_json(view_of(locks_of(*sides)), now=NOW, holdfast_version="0.1.0")
    assert text.endswith("}\n")
    assert not any(ord(character) in range(0x80, 0xA0) or character == "\x1b" for character in text)
    document = json.loads(text)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    assert set(schema["properties"]) == set(document)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("sides", "complete", "counts", "marks"),
    [
        ((object_side(None), item_side(None)), True, (0, 0, 0), []),
        ((object_side(info_of()), item_side(info_of())), True, (2, 1, 0), []),
        ((object_side(info_of()), item_side(None)), True, (1, 1, 0), ["half"]),
        ((object_side(info_of(ANN)), item_side(info_of(BEN))), True, (2, 2, 0), ["differ"]),
        ((object_side(b""), item_side(DENIED)), False, (1, 1, 1), ["unreadable", "unknown"]),
    ],
    ids=["free", "held", "half", "two owners", "unread"],
)
def test_the_document_is_as_its_schema_says(
    sides: tuple[LockSide, LockSide],
    complete: bool,
    counts: tuple[int, int, int],
    marks: list[str],
) -> None:
    document = shown(*sides)
    assert document["complete"] is complete
    assert tuple(document["summary"].values()) == counts
    assert [each["mark"] for each in document["marks"]] == marks
    # Where there is a lock, the first command removes what is shown, by its confirmation.
    held = [each for each in document["locks"] if each["status"] == "held"]
    for each in held:
        assert f"--lock-id {each['confirmation']}" in document["commands"][0]["line"]
    assert bool(document["commands"]) == bool(held)


def test_the_stored_bytes_are_all_there() -> None:
    info = info_of()
    lock, item = shown(object_side(info), item_side(b"\xff\x1b[31m"))["locks"]
    assert base64.b64decode(lock["base64"]) == info.body
    assert lock["engine_prints"][:2] == ["Lock Info:", f"  ID:        {ANN}"]
    assert lock["address"] == "s3://states/network/terraform.tfstate.tflock"
    assert base64.b64decode(item["base64"]) == b"\xff\x1b[31m"
    assert item["engine_prints"] == []


def test_a_missing_table_is_free_and_says_so() -> None:
    _, item = shown(object_side(None), replace(item_side(None), missing=True))["locks"]
    assert (item["status"], item["missing"]) == ("free", True)
