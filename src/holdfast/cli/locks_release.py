"""`holdfast locks release`."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import (
    code_options,
    journal_option,
    ledger_of,
    listed,
    onlooker_now,
    report_journal_problem,
)
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import progress
from holdfast.core.counting import counted
from holdfast.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from holdfast.app.lock_hold_release import HoldRelease


@click.command("release")
@click.argument("names", metavar="[KEY]...", nargs=-1)
@code_options
@connection_options
@click.option("--id", "identifier", metavar="ID", help="The id that `hold` printed.")
@journal_option
def locks_release(
    *,
    names: tuple[str, ...],
    request: FleetRequest,
    timeout_seconds: float,
    identifier: str | None,
    journal_file: Path | None,
) -> int:
    """Give back what `locks hold` took, from any terminal.

    With `--id` alone every lock of that hold in the fleet, with KEYs those on the states they name. KEYs without an id
    give back your own hold, if it is the only one of yours there. Locks of engines, and holds of other ids, are never
    touched. A pattern means states that the code names, or where it names none, those that have a lock. Each lock is removed
    only if it is still what was read, and every store is looked at again. The journal keeps its full text.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_hold_release import release_hold, states_of_hold, unread_of
    from holdfast.app.lock_lookup import states_to_release
    from holdfast.app.lock_stores import customer_key_in

    if not names and not identifier:
        raise UsageError(
            "give the states to release, or `--id ID`",
            world="no lock was removed",
            hints=("`holdfast locks` shows the ids",),
        )
    onlooker = onlooker_now(None)
    unread: tuple[str, ...] = ()
    code = read_code(request)
    backends = code.backends_chosen
    with connect(timeout_seconds) as connections:
        if names:
            board_once = functools.cache(
                lambda: listed(backends, connections=connections, onlooker=onlooker)
            )
            found = [
                state
                for name in names
                for state in states_to_release(name, backends, board=board_once)
            ]
            states = tuple({(each.backend.name, each.key): each for each in found}.values())
        else:
            board = listed(backends, connections=connections, onlooker=onlooker)
            states = states_of_hold(board, str(identifier), backends)
            unread = unread_of(board)
        named = {state.backend.name: state.backend for state in states}
        ledgers = {
            name: ledger_of(journal_file, check_account(backend, connections=connections))
            for name, backend in named.items()
        }
        with progress("looking at", len(states)) as advance:
            result = release_hold(
                states,
                identifier=identifier,
                ledgers=ledgers,
                backends=code.backends,
                connections=connections,
                onlooker=onlooker,
                customer_key=customer_key_in(os.environ),
                on_looked=lambda state: advance(state.key),
            )
    return report(result, unread)


def report(result: HoldRelease, unread: tuple[str, ...]) -> int:
    """Say what became of each lock; raise the error of what was not given back."""
    from holdfast.app.lock_removal import part_words

    for each in result.given_back:
        for part in each.parts:
            print(part_words(part))
    for key, words in result.others:
        print(f"{key}: {words}: it was not touched", file=sys.stderr)
    for place in unread:
        print(f"not read, and may hold more of it: {place}", file=sys.stderr)
    if result.journal_problem:
        report_journal_problem(result.journal_problem)
    error = result.error
    if error is not None:
        raise error
    print(f"{counted(len(result.given_back), 'state')} released from {result.identifier}")
    if result.journal_problem:
        return ExitCode.FAILED
    return ExitCode.INCOMPLETE if unread else ExitCode.DONE
