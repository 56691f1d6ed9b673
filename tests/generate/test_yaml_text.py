import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from holdfast.generate.yaml_text import Commented, YamlValue, yaml_comment, yaml_text

# What a file can hold: lone surrogates cannot be written to one.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers(-(10**9), 10**9),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def test_a_document_is_written_in_block_style() -> None:
    document: dict[str, YamlValue] = {
        "name": "terraform azure-network-dev",
        "on": {"push": {"branches": ["main"]}, "workflow_dispatch": {}},
        "jobs": Commented(
            "One at a time.\nNever two.",
            [{"run": "exec terraform plan\nexit 1\n", "if": "${{ always() }}"}, [1, True], []],
        ),
    }
    assert (
        yaml_text(document)
        == """\
name: terraform azure-network-dev
"on":
  push:
    branches:
      - main
  workflow_dispatch: {}
# One at a time.
# Never two.
jobs:
  - run: |
      exec terraform plan
      exit 1
    if: ${{ always() }}
  -
    - 1
    - true
  - []
"""
    )


def test_a_comment_stands_above_what_it_is_about() -> None:
    first_key: dict[str, YamlValue] = {"name": Commented("why", "x"), "run": "b"}
    document: dict[str, YamlValue] = {"steps": [Commented("what", "z"), first_key]}
    text = yaml_text(document)
    assert text == ("steps:\n  # what\n  - z\n  -\n    # why\n    name: x\n    run: b\n")
    assert yaml.safe_load(text) == {"steps": ["z", {"name": "x", "run": "b"}]}
    assert yaml_comment("one\n\ntwo") == "# one\n#\n# two\n"


WORDS = ["on", "No", "y", "null", "~", "1.10", "12:30", "0x1f", "2026-11-21", "1e3"]
MARKS = [
    "",
    " a",
    "a ",
    "a: b",
    "a #b",
    "- a",
    "*a",
    "&a",
    "!a",
    "{a}",
    "[a]",
    ",a",
    "@a",
    "%a",
    "=",
    "<<",
    "---",
]


@pytest.mark.parametrize("text", [*WORDS, *MARKS])
def test_what_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    written = yaml_text({"a": text})
    assert written == f'a: "{text}"\n'
    assert yaml.safe_load(written) == {"a": text}


@pytest.mark.parametrize(
    "text",
    ["tofu init -input=false", "${{ vars.A || 'arn:aws' }}", '$CI == "x"', ".github/x", "a/**"],
)
def test_lines_of_scripts_and_conditions_stand_without_quotes(text: str) -> None:
    assert yaml_text({"a": text}) == f"a: {text}\n"


@given(st.dictionaries(TEXT, VALUES))
def test_everything_is_read_as_it_was_written(document: dict[str, YamlValue]) -> None:
    text = yaml_text(document)
    assert yaml.safe_load(text) == document  # YAML 1.1
    assert YAML(typ="safe", pure=True).load(text) == document  # YAML 1.2
