"""Lengths of time in words."""

from datetime import timedelta

import pytest

from holdfast.core.durations import duration_words


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(milliseconds=900), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3, minutes=12), "3 h 12 min"),
        (timedelta(hours=4, seconds=10), "4 h"),
        (timedelta(days=2, hours=4, minutes=30), "2 d 4 h"),
        (timedelta(days=400), "400 d"),
    ],
)
def test_the_two_largest_units_are_said(duration: timedelta, words: str) -> None:
    assert duration_words(duration) == words
