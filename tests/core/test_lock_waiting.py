"""The waits between tries: the engines' delays, and never past the end."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.lock_waiting import DELAY_MAX_SECONDS, delay_seconds, wait_seconds


def test_the_delays_are_those_of_the_engines() -> None:
    assert [delay_seconds(tries) for tries in range(1, 9)] == [1, 2, 4, 8, 16, 16, 16, 16]


def test_without_time_there_is_no_other_try() -> None:
    assert wait_seconds(1, left_seconds=0) is None
    assert wait_seconds(1, left_seconds=-0.5) is None


def waits(timeout_seconds: float) -> list[float]:
    """Return every wait of somebody whose tries take no time and all fail."""
    found: list[float] = []
    while (
        wait := wait_seconds(len(found) + 1, left_seconds=timeout_seconds - sum(found))
    ) is not None:
        found.append(wait)
    return found


def test_the_last_wait_ends_with_the_time() -> None:
    assert waits(10) == [1, 2, 4, 3]
    assert waits(60) == [1, 2, 4, 8, 16, 16, 13]


@given(timeout_seconds=st.integers(min_value=0, max_value=5000))
def test_waiting_fills_the_time_and_no_more(timeout_seconds: int) -> None:
    found = waits(timeout_seconds)
    assert sum(found) == timeout_seconds
    assert all(0 < wait <= DELAY_MAX_SECONDS for wait in found)
    assert found[:-1] == [delay_seconds(tries) for tries in range(1, len(found))]


@given(tries=st.integers(min_value=1, max_value=10**9))
def test_a_delay_is_never_shorter_than_the_one_before(tries: int) -> None:
    assert delay_seconds(tries) <= delay_seconds(tries + 1) <= DELAY_MAX_SECONDS
