"""Do many moves one after the other; each is resumable by itself, and the first that fails ends the run.

A group is read again when its turn has come: a state that was written since the plan was shown moves as it is then.
Its code has to be what was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holdfast.app.moves_planning import ManyMoves, MoveGroup, planned_again
from holdfast.app.state_moving import Moved, MovedState, ignore_moved, move
from holdfast.app.working_locks import Worker
from holdfast.errors import CodeChangedError

UNBEGUN = "the move of its states was not begun"


def move_in_turn(
    moves: ManyMoves,
    *,
    worker: Worker,
    on_moved: Callable[[MovedState], None] = ignore_moved,
) -> Iterator[tuple[MoveGroup, Moved]]:
    """Do one group after the other; yield each when it is done. Raises as `move`, and what stands in the way by then."""
    for group in moves.groups:
        plan = planned_again(group, moves)
        if plan.edits != group.plan.edits:
            shown = set(group.plan.edits)
            path = next((each.path for each in plan.edits if each not in shown), "")
            raise CodeChangedError(path or group.plan.edits[0].path, world=UNBEGUN)
        yield (
            group,
            move(plan, connections=moves.fleet.connections, worker=worker, on_moved=on_moved),
        )
