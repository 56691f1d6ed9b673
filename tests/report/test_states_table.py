"""The table of states: it has at most 120 columns, and each row what tells its state from the others."""

from dataclasses import replace

import pytest

from holdfast.core.facts import Fact, Known
from holdfast.core.state_board import board_of
from holdfast.report.states_text import common_ends, states_text
from tests.report.found_states import DENIED, HEAD, found


def test_what_keys_have_in_common_is_shown_once_and_long_ones_end_in_what_tells_them_apart() -> (
    None
):
    start, end = "providers/aws/regions/af-south-1/layers", "production/terraform.tfstate"
    keys = [f"{start}/{number}-{'x' * 60}/{end}" for number in (1, 2)]
    board = board_of(
        [found(key, Known(HEAD), workspace=None, size_bytes=1023 << 20) for key in keys],
        [],
        was_read=True,
    )
    counts: tuple[Fact[int], ...] = (Known(1234), DENIED)
    rows = tuple(
        replace(row, state=replace(row.state, version_count=count))
        for row, count in zip(board.rows, counts, strict=True)
    )
    table = states_text(replace(board, rows=rows, versions_counted=True)).split("\ntwin  ")[0]
    cut = f"...{'x' * 45}"
    assert table.splitlines() == [
        f"key{' ' * 45}  serial  resources  size        written           versions  marks",
        "",
        f"states/{start}/<key>/{end}  (backend dev)",
        f"{cut}  7       12         1023.0 MiB  2026-11-20 15:25  1234      twin orphan",
        f"{cut}  7       12         1023.0 MiB  2026-11-20 15:25  unknown   twin orphan",
    ]
    assert max(len(line) for line in table.splitlines() if cut in line) <= 120


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        (["a"], ("", "")),
        (["a/b", "a/c"], ("a/", "")),
        (["a/x", "b/x"], ("", "/x")),
        (["a/x", "a/y/x"], ("a/", "")),
        (["a/x", "a/x/x"], ("a/", "")),
        (["a", "b/a"], ("", "")),
        (["a/1/x", "a/2/x", "a/3/4/x"], ("a/", "/x")),
    ],
)
def test_what_keys_have_in_common(keys: list[str], ends: tuple[str, str]) -> None:
    assert common_ends(keys) == ends
