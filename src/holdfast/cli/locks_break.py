"""`holdfast locks break`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import (
    found_state,
    journal_option,
    ledger_of,
    onlooker_now,
    report_journal_problem,
    state_options,
)
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import answer_to, ink_for, is_interactive
from holdfast.core.counting import counted
from holdfast.core.lock_board import StateLocks, owners_of
from holdfast.core.lock_marks import Onlooker
from holdfast.core.lock_view import StateView, holdfast_line
from holdfast.errors import ExitCode, LockIdMissingError
from holdfast.report.locks_show_text import danger_text


@click.command("break")
@state_options
@connection_options
@click.option(
    "--lock-id",
    "lock_ids",
    multiple=True,
    metavar="ID",
    help="Remove the lock with this id without asking; may be repeated.",
)
@journal_option
def locks_break(
    *,
    name: str,
    request: FleetRequest,
    timeout_seconds: float,
    lock_ids: tuple[str, ...],
    journal_file: Path | None,
) -> int:
    """Remove the locks of one state, by their ids.

    KEY is as for `show`. The locks are shown, and what is typed says which of them go; each is removed only if it
    is still what was shown. A lock that cannot be read goes by a short hash of its bytes. The journal keeps its
    full text. There is no way to remove a lock without having looked at it.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_breaking import break_locks, refuse_missing, refuse_unseen
    from holdfast.app.lock_removal import part_words

    onlooker = onlooker_now(None)
    with connect(timeout_seconds) as connections:
        found = found_state(name, request, connections=connections, onlooker=onlooker)
        caller = check_account(found.backend, connections=connections)
        view = found.looked.view
        refuse_unseen(view.locks)
        refuse_missing(view.locks)
        if not view.locks.held:
            print(f"there is no lock on `{view.locks.key}`: nothing was removed")
            return ExitCode.DONE
        confirmed = confirmations(view, lock_ids, onlooker)
        if not confirmed:
            print("no lock was removed", file=sys.stderr)
            return ExitCode.FAILED
        ledger = ledger_of(journal_file, caller)
        breaking = break_locks(
            found.looked,
            confirmed,
            ledger=ledger,
            on_part=lambda part: print(part_words(part), flush=True),
        )
    for each in breaking.left:
        print(f"{each} was not named and stays")
    print(f"{counted(len(breaking.removed), 'lock')} removed; the text is in {ledger.journal.path}")
    if breaking.journal_problem:
        report_journal_problem(breaking.journal_problem)
    if breaking.error is not None:
        raise breaking.error
    return ExitCode.FAILED if breaking.journal_problem else ExitCode.DONE


def confirmations(
    view: StateView, lock_ids: tuple[str, ...], onlooker: Onlooker
) -> tuple[str, ...]:
    """Return what was typed, or given; raise `LockIdMissingError` when nobody can be asked.

    With two owners each is asked for by itself, and an empty answer leaves that lock alone.
    """
    print(danger_text(view, now=onlooker.now, ink=ink_for(sys.stderr)), file=sys.stderr)
    if lock_ids:
        return lock_ids
    locks = view.locks
    if not is_interactive():
        raise LockIdMissingError(locks.key, holdfast_line(locks), owner_facts(locks))
    count = len(owners_of(locks.held))
    if count == 1:
        return tuple(filter(None, [answer_to("Type the lock ID to remove the lock")]))
    answers = [
        answer_to(f"Type a lock ID to remove that lock ({number} of {count}, empty to go on)")
        for number in range(1, count + 1)
    ]
    return tuple(filter(None, answers))


def owner_facts(locks: StateLocks) -> tuple[tuple[str, str], ...]:
    """Return what confirms each lock, and where it is."""
    return tuple(
        (" and ".join(side.kind.words for side in sides), confirmation)
        for confirmation, sides in owners_of(locks.held).items()
    )
