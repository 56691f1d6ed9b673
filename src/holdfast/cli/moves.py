"""What `states move --all` and `migrate backend` share: the outlook, the confirmation, and the moves one after the other."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import identity
from holdfast.cli.options import Command
from holdfast.cli.terminal import asked_for, ink_for, is_interactive, progress
from holdfast.errors import ApprovalMissingError, ExitCode

if TYPE_CHECKING:
    from holdfast.app.moves_planning import ManyMoves
    from holdfast.app.state_move_planning import MovingFleet
    from holdfast.core.move_selection import MoveWay
    from holdfast.core.state_moves import RootToInitialise


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesOptions:
    """How many moves are done."""

    orphans: bool
    checks: bool
    shows_code: bool
    initialises: bool
    auto_approve: bool


def moves_options(command: Command) -> Command:
    """Add the options of many moves; the command gets them as one `MovesOptions`."""

    @click.option("--orphans", is_flag=True, help="Move states that no code uses, too.")
    @click.option("--check", "checks", is_flag=True, help="Only show what is left; exit with 4.")
    @click.option("--diff", "shows_code", is_flag=True, help="Show how the code changes, too.")
    @click.option(
        "--init", "initialises", is_flag=True, help="Run `init -reconfigure` in the roots."
    )
    @click.option("--auto-approve", is_flag=True, help="Do not ask.")
    @functools.wraps(command)
    def with_options(
        orphans: bool,  # noqa: FBT001 - click's way to give them
        checks: bool,  # noqa: FBT001 - click's way to give them
        shows_code: bool,  # noqa: FBT001 - click's way to give them
        initialises: bool,  # noqa: FBT001 - click's way to give them
        auto_approve: bool,  # noqa: FBT001 - click's way to give them
        **options: object,
    ) -> object:
        return command(
            moves_options=MovesOptions(
                orphans=orphans,
                checks=checks,
                shows_code=shows_code,
                initialises=initialises,
                auto_approve=auto_approve,
            ),
            **options,
        )

    return with_options


def planned_moves(
    ways: Sequence[MoveWay],
    fleet: MovingFleet,
    *,
    options: MovesOptions,
    mistakes: Sequence[tuple[str, str]] = (),
) -> ManyMoves:
    """Read everything that would be moved, with progress on a terminal, and show it."""
    from holdfast.app.moves_planning import plan_moves
    from holdfast.report.code_edits_text import edit_lines
    from holdfast.report.moves_text import moves_text

    with progress("reading", len(ways)) as advance:
        moves = plan_moves(
            ways,
            fleet,
            orphans=options.orphans,
            mistakes=mistakes,
            on_progress=lambda way: advance(way.path),
        )
    ink = ink_for(sys.stdout)
    if options.shows_code:
        edits = [edit for group in moves.groups for edit in group.plan.edits]
        shown = [*edit_lines(edits, ink=ink)]
        print("\n".join([*shown[1:], ""]))
    print(moves_text(moves.outlook, ink=ink), flush=True)
    return moves


def carry_out(
    moves: ManyMoves,
    request: FleetRequest,
    *,
    options: MovesOptions,
    closing: Sequence[str] = (),
) -> int:
    """Ask, and do one move after the other; return the exit code. `closing` are the last words when all is done."""
    from holdfast.cli.roots_to_initialise import initialise_roots
    from holdfast.report.moves_text import moved_lines

    if not moves.groups:
        print("\n".join(closing), end="\n" if closing else "")
        return ExitCode.DONE
    if options.checks:
        return ExitCode.CHANGES_PENDING
    if not options.auto_approve:
        if not is_interactive():
            raise ApprovalMissingError(len(moves.groups))
        if not asked_for("Type `yes` to move them", "yes"):
            raise click.Abort
    done = MovesDone(moves=moves)
    try:
        done.run()
    except BaseException:
        done.show_stopped(request)
        raise
    ends = moved_lines(done.paths, states=done.states, files=done.files)
    print("\n".join((*ends, *closing)), flush=True)
    return initialise_roots(request, done.roots, initialises=options.initialises)


class MovesDone:
    """What was done so far."""

    def __init__(self, *, moves: ManyMoves) -> None:
        self._moves = moves
        self._groups = 0
        self.states = 0
        self.files = 0

    @property
    def paths(self) -> list[str]:
        """Return the old places that were moved."""
        return [way.path for each in self._moves.groups[: self._groups] for way in each.ways]

    @property
    def roots(self) -> list[RootToInitialise]:
        """Return the roots whose code was switched."""
        return [root for each in self._moves.groups[: self._groups] for root in each.plan.roots]

    def run(self) -> None:
        """Do one move after the other, and show each state."""
        from holdfast.app.moves_in_turn import move_in_turn
        from holdfast.app.working_locks import Worker
        from holdfast.cli.moved_states import show_moved

        worker = Worker(identity=identity(), process=os.getpid())
        for _, moved in move_in_turn(self._moves, worker=worker, on_moved=show_moved):
            self._groups += 1
            self.states += len(moved.states)
            self.files += len(moved.files)

    def show_stopped(self, request: FleetRequest) -> None:
        """Say what was done and what was not, and how the roots that were switched are initialised."""
        from holdfast.cli.roots_to_initialise import initialise_roots
        from holdfast.report.moves_text import stopped_lines

        left = [way.path for each in self._moves.groups[self._groups :] for way in each.ways]
        print("\n".join(stopped_lines(self.paths, left)), flush=True)
        initialise_roots(request, self.roots, initialises=False)
