import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.cleaning import UNPRINTABLE_CATEGORIES, printable, printable_lines


def test_terminal_commands_become_visible_and_harmless() -> None:
    assert printable("ana\x1b[2J@host\x07") == "ana\ufffd[2J@host\ufffd"


def test_line_ends_and_tabs_become_spaces() -> None:
    assert printable("one\ttwo\r\nthree") == "one two  three"


def test_text_that_reverses_its_reading_order_is_shown_as_replaced() -> None:
    assert printable("abc\u202edef") == "abc\ufffddef"


def test_letters_of_other_scripts_stay() -> None:
    assert printable("Ünï cödé 東京") == "Ünï cödé 東京"


def test_long_text_is_cut_and_says_so() -> None:
    assert printable("abcdef", length_max=3) == "abc…"


def test_more_lines_than_allowed_are_counted() -> None:
    assert printable_lines("a\nb\nc\nd", lines_max=2) == ("a", "b", "… 2 more lines")


@given(st.text())
def test_nothing_unprintable_is_ever_left(text: str) -> None:
    assert not any(
        unicodedata.category(character) in UNPRINTABLE_CATEGORIES for character in printable(text)
    )


@given(st.text(max_size=100))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)
