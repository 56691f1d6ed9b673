from pathlib import Path

import pytest
import yaml

from holdfast.declaration.document import DEPTH_MAX, Kind, MappingNode, ScalarNode, document_of
from holdfast.declaration.mistakes import Position
from tests.declaration.files import declared, mistakes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1:1 the file is empty; it needs `version: 1`, `accounts` and `backends`"),
        ("# nothing\n", "1:1 the file is empty; it needs `version: 1`, `accounts` and `backends`"),
        ("--- ~\n", "1:1 the file is empty; it needs `version: 1`, `accounts` and `backends`"),
        ("hello\n", "1:1 a declaration must be a mapping, not text"),
        ("- 1\n", "1:1 a declaration must be a mapping, not a list"),
        ("version: 1\n---\nversion: 1\n", "2:1 a second document begins here; one file holds one"),
        ("version: 1\nversion: 1\n", "2:1 `version` is set twice; the first one is on line 1"),
        ("version: 1\n? [a]\n: b\n", "2:3 a key must be text, not a list or mapping"),
        ("version: !!int 1\n", "1:10 the tag `tag:yaml.org,2002:int` is not supported"),
        ("version: 1\nnaming: !ruby {}\n", "2:9 the tag `!ruby` is not supported"),
        ("version: 1\nnaming: *x\n", "2:9 `*x` names no anchor that is complete"),
        ("version: 1\nnaming: &x {a: *x}\n", "2:16 `*x` names no anchor that is complete"),
        ("version: 1\x00\n", "1:11 the character U+0000 is not allowed in YAML"),
        ("version: 1\n\ttab: \x1b[31m\n", "2:7 the character U+001B is not allowed in YAML"),
        ("version: 1\n# a\ufeffb\n", "2:4 the character U+FEFF is not allowed in YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_told_where(tmp_path: Path, text: str, found: str) -> None:
    assert found in mistakes(tmp_path, text)


def test_a_syntax_error_is_told_where_together_with_what_was_wrong_before_it(
    tmp_path: Path,
) -> None:
    twice, syntax = mistakes(tmp_path, "version: 1\nnaming: {a: b, a: c}\nbackends: x: y\n")
    assert twice == "2:16 `a` is set twice; the first one is on line 2"
    # The rest of the words is the parser's own, and PyYAML has two of them.
    assert syntax.startswith("3:12 not YAML: mapping values are not allowed ")


def test_merge_keys_are_refused_in_words_of_their_own(tmp_path: Path) -> None:
    text = """\
        version: 1
        accounts:
          dev: &dev {id: "111111111111"}
          prod:
            <<: *dev
        """
    assert mistakes(tmp_path, text) == [
        "4:3 account `prod` has no `id`",
        "5:5 `<<` does not merge here; write the settings out",
    ]


def test_an_alias_stands_for_what_its_anchor_named(tmp_path: Path) -> None:
    text = """\
        version: 1
        accounts: {dev: {id: "111111111111"}}
        backends:
          a: &a {account: dev, region: eu-west-1, locking: lockfile, bucket: aaa, tags: &t {x: "1"}}
          b: {account: dev, region: eu-west-1, locking: lockfile, bucket: bbb, tags: *t}
        """
    assert [each.tags for each in declared(tmp_path, text).backends] == [(("x", "1"),)] * 2


def test_a_mistake_behind_an_alias_is_told_for_each_use(tmp_path: Path) -> None:
    text = """\
        version: 1
        accounts:
          dev: &a {id: "1"}
          prod: *a
        """
    assert mistakes(tmp_path, text) == [
        "3:16 `id` of account `dev`: `1` is not an account ID of 12 digits: it has 1",
        "3:16 `id` of account `prod`: `1` is not an account ID of 12 digits: it has 1",
    ]


def test_aliases_of_aliases_do_not_explode(tmp_path: Path) -> None:
    lines = ["version: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert mistakes(tmp_path, "\n".join(lines)) == [
        "7:10 more than 200000 values, aliases included"
    ]


@pytest.mark.parametrize("bracket", ["[", "{a: "])
def test_deep_nesting_is_refused(tmp_path: Path, bracket: str) -> None:
    column = len(bracket) * DEPTH_MAX + 1
    assert mistakes(tmp_path, bracket * 30_000) == [f"1:{column} nested deeper than 32 levels"]


def test_many_values_are_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path, f"[{'x,' * 200_000}]") == [
        "1:400000 more than 200000 values, aliases included"
    ]


def test_text_from_the_file_is_cleaned_and_cut_in_a_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, f'version: 1\n"\\e[31m{"x" * 100}": 1\n') == [
        (
            f"2:1 `\ufffd[31m{'x' * 75}…` is not a setting of a declaration; its settings are `version`,"
            " `organization`, `naming`, `accounts`, `backends`, `environments`, `layout`,"
            " `fields`, `components`, `baseline`, `ignore`"
        )
    ]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("abc", Kind.TEXT),
        ("'1'", Kind.TEXT),
        ("089", Kind.TEXT),
        ("1", Kind.NUMBER),
        ("012", Kind.NUMBER),
        ("1.5", Kind.NUMBER),
        ("off", Kind.TRUTH),
        ("~", Kind.NOTHING),
        ("2001-01-01", Kind.DATE),
        ("=", Kind.OTHER),
    ],
)
def test_the_kind_of_a_value_is_that_of_yaml(written: str, kind: Kind) -> None:
    root = document_of(written).root
    assert isinstance(root, ScalarNode)
    assert root.kind is kind


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("abc", Position(1, 3)),
        ("'abc'", Position(1, 4)),
        ('"abc"', Position(1, 4)),
        ('"a\\x62c"', Position(1, 1)),  # escapes: only the value's own place is certain
        ("'a''c'", Position(1, 1)),
        ("|\n  abc\n", Position(1, 1)),
        ("abc\n  def", Position(1, 1)),
    ],
)
def test_a_column_of_a_text_is_one_of_the_file_where_that_is_certain(
    text: str, place: Position
) -> None:
    root = document_of(text).root
    assert isinstance(root, ScalarNode)
    assert root.position_of(3) == place


def test_both_parsers_of_pyyaml_give_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "version: 1\nnaming: &n {bucket: 'a''b', y: [é, \"\\n\", 012,]}\nlong: a\n  b\nagain: *n\n"
    )
    fast = document_of(text)
    assert isinstance(fast.root, MappingNode)
    assert [each.key.text for each in fast.root.entries] == ["version", "naming", "long", "again"]
    monkeypatch.setattr("holdfast.declaration.document.LOADER", yaml.SafeLoader)
    assert document_of(text) == fast
