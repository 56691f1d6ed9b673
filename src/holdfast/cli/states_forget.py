"""`holdfast states forget`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options, journal_option, ledger_of
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.errors import ApprovalMissingError, ExitCode, UsageError


@click.command("forget")
@click.argument("source", metavar="FROM")
@code_options
@connection_options
@journal_option
@click.option("--now", "at_once", is_flag=True, help="Do not wait for a write at the new place.")
@click.option("--key", "typed_key", metavar="KEY", help="The key, for `--now` without a terminal.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def states_forget(
    *,
    source: str,
    request: FleetRequest,
    timeout_seconds: float,
    journal_file: Path | None,
    at_once: bool,
    typed_key: str | None,
    auto_approve: bool,
) -> int:
    """Remove what `states move` has left at the old place: the object, its digests, and the lock.

    Only after the state has been written at its new place, or with `--now` and the key typed. A bucket with versions
    keeps the object as an older version.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.state_forgetting import (
        forget,
        moved_state_for,
        plan_forget,
        refuse_lost,
        refuse_unsettled,
    )
    from holdfast.report.state_move_text import forget_text, forgotten_line

    code = read_code(request)
    customer_key = customer_key_in(os.environ)
    with connect(timeout_seconds) as connections:
        state = moved_state_for(
            source, code.backends_chosen, connections=connections, customer_key=customer_key
        )
        caller = check_account(state.backend, connections=connections)
        plan = plan_forget(
            state, backends=code.backends, connections=connections, customer_key=customer_key
        )
        print(forget_text(plan.outlook, ink=ink_for(sys.stdout)), flush=True)
        refuse_lost(plan.outlook)
        if at_once:
            _confirm_key(state.key, typed_key)
        else:
            refuse_unsettled(plan.outlook)
            if not auto_approve:
                if not is_interactive():
                    raise ApprovalMissingError(1)
                if not asked_for("Type `yes` to remove it", "yes"):
                    raise click.Abort
        for each in plan.states:
            ledger = ledger_of(journal_file, caller)
            versioned = forget(each, connections=connections, ledger=ledger)
            print(forgotten_line(each.place.key, versioned=versioned), flush=True)
    return ExitCode.DONE


def _confirm_key(key: str, typed: str | None) -> None:
    """Have the key typed; raise `UsageError` for another one."""
    if typed is None:
        if not is_interactive():
            raise UsageError(
                "`--now` needs the key typed once more: `--key KEY`", world="nothing was changed"
            )
        if not asked_for("Type the key to remove it now", key):
            raise click.Abort
    elif typed != key:
        raise UsageError(
            f"`--key {typed}` is not the key of what would be removed",
            facts=(("key", key),),
            world="nothing was changed",
        )
