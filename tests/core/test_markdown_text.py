import pytest
from markdown_it import MarkdownIt

from holdfast.core.markdown_text import code, command_block, escaped, prose, table

PARSER = MarkdownIt("commonmark").enable("table")


@pytest.mark.parametrize("text", ["a", "a_b*c*", "<b>", "a & b", r"a\b", "a`b", "`", "``a"])
def test_code_is_shown_as_it_is_outside_a_table(text: str) -> None:
    (paragraph,) = [each for each in PARSER.parse(code(text)) if each.type == "inline"]
    assert [each.content for each in paragraph.children or ()] == [text]


@pytest.mark.parametrize("text", ["a|b", "a_b_*c*<d>&amp;", "``|"])
def test_a_cell_holds_what_it_was_given_and_no_more(text: str) -> None:
    tokens = PARSER.parse(table(("a", "b"), [(code(text), escaped(text))]))
    cells = [each for each in tokens if each.type == "inline"][2:]
    assert ["".join(child.content for child in each.children or ()) for each in cells] == [
        text,
        text,
    ]


def test_names_in_a_sentence_are_code() -> None:
    assert prose("`a_b` has no *c*: `d|e`") == "`a_b` has no \\*c\\*: `d\\|e`"
    assert prose("a_b") == "a\\_b"
    assert prose("`a_b` and `c") == escaped("`a_b` and `c")


def test_a_bar_is_no_end_of_a_cell() -> None:
    assert table(("a", "b"), [(code("x|y"), escaped("z|_"))]) == (
        "| a | b |\n| --- | --- |\n| `x\\|y` | z\\|\\_ |"
    )


def test_control_characters_never_reach_a_page() -> None:
    assert code("a\x1b[31m\nb") == "`a\ufffd[31m b`"
    assert command_block(["a\x1bb"]) == "```sh\na\ufffdb\n```"
