"""What became of one state of a move, shown as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.app.state_moving import MovedState


def show_moved(moved: MovedState) -> None:
    """Say what became of one state as soon as it is known."""
    from holdfast.app.state_move_locks import path_of_place
    from holdfast.report.state_move_text import moved_line

    planned = moved.planned
    line = moved_line(
        planned.source.key,
        path_of_place(planned.target),
        standing=planned.standing,
        was_there=moved.was_there,
    )
    print(line, flush=True)
