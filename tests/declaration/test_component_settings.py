"""What the settings of components take: the reader and the JSON Schema agree on it."""

from pathlib import Path

import pytest

from tests.declaration.files import mistakes
from tests.declaration.test_settings import schema_accepts


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "environments: [dev]",
            "2:15 `environments` must be a mapping, not a list",
        ),
        (
            "environments: {dev: [a]}",
            "2:21 environment `dev` must be text or a mapping, not a list",
        ),
        ("environments: {dev: {}}", "2:21 environment `dev` is an empty mapping"),
        (
            "environments: {dev: {eu-west-1: 1}}",
            '2:33 `eu-west-1` in environment `dev` must be text; put quotes around it: "1"',
        ),
        (
            "layout: {roots: '{a}'}",
            "2:17 `roots` of `layout` must be a list, not text",
        ),
        (
            "layout: {roots: [/a]}",
            (
                "2:18 entry 1 of `roots` of `layout`: `/a` is not a pattern of paths relative to this file,"
                " with `/` between their parts"
            ),
        ),
        (
            "layout: {file: a/b}",
            "2:16 `file` of `layout`: `a/b` is not the name of a file: letters, digits and `_.-`",
        ),
        ("fields: {platform: []}", "2:20 field `platform` is an empty list"),
        ("fields: {platform: azure}", "2:20 field `platform` must be a list, not text"),
        (
            "fields: {Platform: [azure]}",
            (
                "2:10 the name of a field: `Platform` is not the name of a field: small letters, digits and"
                " `_`, and neither `hash` nor `region_code`"
            ),
        ),
        (
            "fields: {hash: [azure]}",
            (
                "2:10 the name of a field: `hash` is not the name of a field: small letters, digits and"
                " `_`, and neither `hash` nor `region_code`"
            ),
        ),
        (
            "fields: {platform: [a/b]}",
            (
                "2:21 entry 1 of field `platform`: `a/b` is not a value of a field: 1 to 255 characters on"
                " one line, without `/`"
            ),
        ),
        ("components: {a: b}", "2:13 `components` must be a list, not a mapping"),
        ("components: [a]", "2:14 entry 1 of `components` must be a mapping, not text"),
        ("components: [{}]", "2:14 entry 1 of `components` is an empty mapping"),
        (
            "components: [{instance: 01}]",
            '2:25 `instance` in entry 1 of `components` must be text; put quotes around it: "01"',
        ),
        (
            "components: [{instance: [a]}]",
            "2:25 `instance` in entry 1 of `components` must be text, not a list",
        ),
        (
            "components: [{instance: ''}]",
            (
                "2:25 `instance` in entry 1 of `components`: `` is not a value of a field: 1 to 255"
                " characters on one line, without `/`"
            ),
        ),
    ],
)
def test_reader_and_schema_refuse(tmp_path: Path, line: str, found: str) -> None:
    text = f"version: 1\n{line}\n"
    assert mistakes(tmp_path, text) == [found]
    assert not schema_accepts(text)
