"""Patterns for many moves: what each key becomes, and what is wrong with a pair of patterns."""

import pytest

from holdfast.core.move_patterns import MoveRename, Unnamed, rename_of


def renamed(old: str, new: str, key: str) -> str | Unnamed | None:
    rename = rename_of(old, new)
    assert isinstance(rename, MoveRename), rename
    return rename.renamed(key)


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("old/*", "new/*", "old/a/b.tfstate", "new/a/b.tfstate"),
        ("old/*", "new/*", "older/a", None),
        ("*", "x/*", "", "x/"),
        ("*/dev/*", "*/development/*", "a/dev/b", "a/development/b"),
        ("*/a/*", "*!*", "1/a/2/a/3", "1/a/2!3"),  # the first star is as long as it can be
        ("a.*", "b-*", "a.x", "b-x"),
        ("a.*", "b-*", "aqx", None),
        ("{c}/{e}/x", "{e}/{c}.x", "net/dev/x", "dev/net.x"),
        ("{c}/{e}/x", "{e}/{c}.x", "net/dev/more/x", None),
        ("{c}/x", "{c}/{c}", "a/x", "a/a"),
        ("{c}[/{region}]/x", "{c}[-{region}]", "a/x", "a"),
        ("{c}[/{region}]/x", "{c}[-{region}]", "a/eu-west-1/x", "a-eu-west-1"),
        ("bucket/{c}/x", "other/{c}", "bucket/a/x", "other/a"),
    ],
)
def test_a_key_that_fits_gets_a_new_one(old: str, new: str, key: str, expected: str | None) -> None:
    assert renamed(old, new, key) == expected


def test_a_key_without_a_value_that_the_new_one_needs() -> None:
    found = renamed("{c}[/{region}]/x", "{region}/{c}", "a/x")
    assert found == Unnamed("`region` has no value")


@pytest.mark.parametrize(
    ("old", "new", "mistakes"),
    [
        ("a/b", "c/d", ("FROM: it is no pattern: it has neither a field nor a `*`",)),
        ("a/*", "b", ("TO: it has 0 `*`, and FROM has 1: each is carried over",)),
        (
            "a?/*",
            "b[1]/*",
            (
                "FROM: `?` is not understood; `*` is any text",
                "TO: `[` is not understood; `*` is any text",
            ),
        ),
        (
            "{a}/*",
            "*/{b}",
            (
                "FROM: `*` and fields cannot be used together",
                "TO: `*` and fields cannot be used together",
                "TO: `b` is no field of FROM",
            ),
        ),
        ("a", "{b}", ("TO: `b` is no field of FROM", "FROM: it has no field")),
        (
            "{a",
            "{B}",
            (
                "FROM, character 1: `{` is not closed",
                "TO, character 1: `{B}` is not a field: its name is of small letters, digits and `_`",
            ),
        ),
    ],
)
def test_every_mistake_in_a_pair_is_told(old: str, new: str, mistakes: tuple[str, ...]) -> None:
    assert rename_of(old, new) == mistakes
