"""What the commands of `holdfast locks` share: the state that is meant, who looks at it, and when."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.lock_identity import LockIdentity, identity_of_process
from holdfast.cli.options import Command, region_of_environment
from holdfast.cli.terminal import activity, show_warning
from holdfast.core.backends import Backend
from holdfast.core.lock_board import Board
from holdfast.core.lock_marks import Onlooker
from holdfast.errors import UsageError

if TYPE_CHECKING:
    from holdfast.app.lock_listing_stores import Counted
    from holdfast.app.lock_lookup import LookedAt
    from holdfast.app.lock_removal import Ledger
    from holdfast.aws.connections import Connections


def state_options(command: Command) -> Command:
    """Add KEY and the options of `code_options`; the command gets `name` and `request`."""
    return click.argument("name", metavar="KEY")(code_options(command))


def code_options(command: Command) -> Command:
    """Add `--directory`, `--declaration` and `--backend`; the command gets them as one `FleetRequest`."""

    @click.option(
        "--directory",
        type=click.Path(path_type=Path),
        default=".",
        metavar="DIR",
        help="The directory with the code; the current one by default.",
    )
    @click.option(
        "--declaration",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The declaration to use instead of DIR/holdfast.yaml.",
    )
    @click.option(
        "--backend",
        "backends",
        multiple=True,
        metavar="NAME",
        help="Look at this backend only (its name or bucket); may be repeated.",
    )
    @functools.wraps(command)
    def with_request(
        directory: Path,
        declaration: Path | None,
        backends: tuple[str, ...],
        **options: object,
    ) -> object:
        request = FleetRequest(
            directory=directory,
            declaration=declaration,
            backends=backends,
            region_default=region_of_environment(),
            on_warning=show_warning,
        )
        return command(request=request, **options)

    return with_request


def failed_at_option(command: Command) -> Command:
    """Add `--failed-at`."""
    decorate = click.option(
        "--failed-at",
        metavar="TIME",
        help="When a run of yours was refused (RFC 3339): marks a lock that may be its own.",
    )
    return decorate(command)


def journal_option(command: Command) -> Command:
    """Add `--journal`; the command gets it as `journal_file`."""
    decorate = click.option(
        "--journal",
        "journal_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write down there what is removed, instead of `~/.local/state/holdfast/journal.jsonl`.",
    )
    return decorate(command)


def ledger_of(journal_file: Path | None, caller: str | None) -> Ledger:
    """Return the journal of this command, whose user AWS knows as `caller`."""
    from holdfast.app.journal import Journal, Remover, journal_path
    from holdfast.app.lock_removal import Ledger

    return Ledger(
        journal=Journal(path=journal_file or journal_path(os.environ, Path.home())),
        remover=Remover(who=identity().who, caller=caller, version=holdfast.__version__),
        clock=lambda: datetime.now(UTC).isoformat(),
        random=os.urandom,
    )


def report_journal_problem(problem: str) -> None:
    """Say that an outcome is missing in the journal; the lock itself stands there."""
    print(f"the journal does not say what became of it: {problem}", file=sys.stderr)


def onlooker_now(failed_at: str | None) -> Onlooker:
    """Return who looks, now; raise `UsageError` for a time that is none."""
    return Onlooker(
        who=identity().who,
        now=datetime.now(UTC),
        failed_at=time_of(failed_at) if failed_at is not None else None,
    )


def time_of(text: str) -> datetime:
    """Read a time; without an offset it is local time, as a log of this machine has it."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise UsageError(
            f"`{text}` is not a time",
            hints=("give it as `2026-11-20T15:25:33Z`",),
        ) from error


def identity() -> LockIdentity:
    """Return who runs this command."""
    return identity_of_process(holdfast.__version__)


def listed(backends: Sequence[Backend], *, connections: Connections, onlooker: Onlooker) -> Board:
    """List the locks of the backends, with progress on a terminal."""
    from holdfast.app.lock_listing import list_locks
    from holdfast.app.lock_stores import customer_key_in

    with activity("listing locks") as show:

        def count(total: Counted) -> None:
            show(f"{total.keys:,} keys, {total.items:,} items, {total.locks:,} locks")

        return list_locks(
            backends,
            connections=connections,
            onlooker=onlooker,
            customer_key=customer_key_in(os.environ),
            on_progress=count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The state that was named, and its locks."""

    backend: Backend
    looked: LookedAt


def found_state(
    name: str, request: FleetRequest, *, connections: Connections, onlooker: Onlooker
) -> Found:
    """Find the one state that is meant and look at its locks."""
    from holdfast.app.lock_lookup import look_at, state_named
    from holdfast.app.lock_stores import customer_key_in

    fleet = read_code(request)
    chosen = fleet.backends_chosen
    state = state_named(
        name,
        chosen,
        board=lambda: listed(chosen, connections=connections, onlooker=onlooker),
    )
    looked = look_at(
        state,
        fleet.backends,
        connections=connections,
        onlooker=onlooker,
        customer_key=customer_key_in(os.environ),
    )
    return Found(backend=state.backend, looked=looked)
