import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.counting import counted
from holdfast.report.columns import Cell, Colour, Ink, fact_lines, listed, table_lines, width_of


def test_columns_are_aligned_and_lines_have_no_trailing_spaces() -> None:
    rows = [(Cell("a"), Cell("1"), Cell("")), (Cell("longer"), Cell("22"), Cell("end"))]
    assert table_lines(("name", "n", "last"), rows) == [
        "name    n   last",
        "a       1",
        "longer  22  end",
    ]


def test_wide_characters_take_two_cells() -> None:
    assert width_of("東京") == 4
    assert table_lines((), [(Cell("東京"), Cell("x")), (Cell("ab"), Cell("y"))]) == [
        "東京  x",
        "ab    y",
    ]


def test_colour_is_around_the_text_and_not_the_padding() -> None:
    rows = [(Cell("bad", (Colour.RED,)), Cell("x")), (Cell("longest"), Cell("y"))]
    assert table_lines((), rows, ink=Ink(coloured=True)) == [
        "\x1b[31mbad\x1b[0m      x",
        "longest  y",
    ]


@given(st.lists(st.text(alphabet="ab ", max_size=5), min_size=1, max_size=4))
def test_without_colour_there_is_no_escape_sequence(texts: list[str]) -> None:
    lines = table_lines((), [[Cell(text, (Colour.RED,)) for text in texts]])
    assert "\x1b" not in "".join(lines)


def test_facts_are_aligned() -> None:
    assert fact_lines([("who", "ana"), ("lock ID", "9db5")]) == [
        "  who      ana",
        "  lock ID  9db5",
    ]


def test_one_is_singular() -> None:
    assert [counted(count, "root") for count in (0, 1, 2)] == ["0 roots", "1 root", "2 roots"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d"], "a, b and 2 more rules"),
    ],
)
def test_of_a_long_list_the_rest_is_counted(names: list[str], words: str) -> None:
    assert listed(names, "rule", count_max=2) == words
