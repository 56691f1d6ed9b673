"""What the settings of components take: the reader and the JSON Schema agree on it."""

from pathlib import Path

import pytest

from tests.declaration.files import declared, mistakes
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
                " `_`, and none of `hash`, `key`, `region_code` and `root`"
            ),
        ),
        (
            "fields: {hash: [azure]}",
            (
                "2:10 the name of a field: `hash` is not the name of a field: small letters, digits and"
                " `_`, and none of `hash`, `key`, `region_code` and `root`"
            ),
        ),
        (
            "fields: {platform: [a/b]}",
            (
                "2:21 entry 1 of field `platform`: `a/b` is not a value of a field: 1 to 255 characters on"
                " one line, without `/`"
            ),
        ),
        ("components: [{key: ''}]", "2:20 `key` in entry 1 of `components`: `` is not a key"),
        (
            "components: [{root: [a]}]",
            "2:21 `root` in entry 1 of `components` must be text, not a list",
        ),
        *(
            (
                f"components: [{{root: {path}}}]",
                (
                    f"2:21 `root` in entry 1 of `components`: `{path}` is not a path relative to this file,"
                    " with `/` between its parts, none of which is `.` or `..`"
                ),
            )
            for path in ("/a", "..", "../a", "a/..", "a/../b", "./a", "a/./b")
        ),
        (
            "fields: {root: [a]}",
            (
                "2:10 the name of a field: `root` is not the name of a field: small letters, digits and"
                " `_`, and none of `hash`, `key`, `region_code` and `root`"
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


@pytest.mark.parametrize(
    "path", [".", "legacy", "legacy/old", ".github/live", "a/..b", "a/b..", "..."]
)
def test_reader_and_schema_take_a_key_and_a_root(tmp_path: Path, path: str) -> None:
    listed = f"components: [{{key: Legacy/old.tfstate, root: {path}}}]"
    text = (
        "version: 1\naccounts: {a: {id: '111111111111'}}\n"
        f"backends: {{a: {{account: a, region: eu-west-1, locking: none, bucket: states}}}}\n{listed}\n"
    )
    (found,) = declared(tmp_path, text).components
    assert (found.fields, found.key, found.root) == ((), "Legacy/old.tfstate", path)
    assert schema_accepts(text)
