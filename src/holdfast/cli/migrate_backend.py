"""`holdfast migrate backend`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import code_options
from holdfast.cli.moves import MovesOptions, carry_out, moves_options, planned_moves
from holdfast.cli.options import connect, connection_options
from holdfast.core.backends import Backend
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.errors import BackendUnknownError, UsageError


@click.command("backend")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@code_options
@connection_options
@moves_options
def migrate_backend(
    *,
    source: str,
    target: str,
    request: FleetRequest,
    timeout_seconds: float,
    moves_options: MovesOptions,
) -> int:
    """Move every state of a backend to another bucket, region or account; the keys stay as they are.

    FROM and TO are backends of the fleet, by name or bucket. One root after the other: its states with all workspaces are
    copied and verified under the locks of both places, its code is switched, and its old place stays locked and says where
    the state went. States that no code uses stay, unless `--orphans` is given. Running it again goes on where it was
    stopped; `--check` shows what is left. The old bucket, its table and its setup module are left alone.
    """
    from holdfast.app.account_checking import check_account
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.move_candidates import refuse_absent, states_that_may_move, unread_keys
    from holdfast.app.state_move_planning import moving_fleet
    from holdfast.core.move_selection import MoveWay
    from holdfast.core.state_naming import StateName

    code = read_code(request)
    old, new = named_backend(source, code.backends), named_backend(target, code.backends)
    if old.name == new.name:
        raise UsageError(
            f"`{source}` and `{target}` are one backend", world="nothing was read or changed"
        )
    with connect(timeout_seconds) as connections:
        for backend in (old, new):
            check_account(backend, connections=connections)
        refuse_absent(new, connections=connections)
        fleet = moving_fleet(
            code.repository,
            code.backends,
            directory=request.directory,
            connections=connections,
            customer_key=customer_key_in(os.environ),
        )
        ways = [
            MoveWay(source=each, target=StateName(backend=new, key=each.key))
            for each in states_that_may_move([old], connections=connections)
        ]
        mistakes = tuple(unread_keys(fleet.settings, old, code.backends))
        moves = planned_moves(ways, fleet, options=moves_options, mistakes=mistakes)
        closing = tuple(closing_lines(old, new))
        return carry_out(moves, request, options=moves_options, closing=closing)


def named_backend(name: str, backends: Sequence[Backend]) -> Backend:
    """Return the backend of this name or bucket; raise `BackendUnknownError`."""
    named = [each for each in backends if each.name == name]
    found = named or [each for each in backends if each.bucket == name]
    if len(found) != 1:
        raise BackendUnknownError(name, known=[each.name for each in backends])
    return found[0]


def closing_lines(old: Backend, new: Backend) -> Iterator[str]:
    """Say what is to be done with the old backend, which nothing here removes."""
    yield f"`{old.name}` itself is left alone: its bucket, its table, and the setup module that owns them"
    if old.declared:
        yield (
            f"in `{DECLARATION_NAME}`, point the environments of `{old.name}` at `{new.name}`, and keep `{old.name}`"
            " there until its states are forgotten"
        )
    else:
        yield (
            f"declare `{old.bucket}` as a backend in `{DECLARATION_NAME}` before its states are forgotten:"
            " no code names it any more"
        )
    yield "when all of them are forgotten, retire the bucket and the table with the setup module"
