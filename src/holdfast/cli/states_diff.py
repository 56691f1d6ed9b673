"""`holdfast states diff`."""

from __future__ import annotations

import sys

import click

from holdfast.app.fleet import FleetRequest
from holdfast.cli.locks_options import code_options
from holdfast.cli.options import connect, connection_options
from holdfast.cli.states_options import found_place
from holdfast.cli.terminal import ink_for
from holdfast.errors import ExitCode, UsageError


@click.command("diff")
@click.argument("name", metavar="KEY")
@click.argument("other", metavar="[OTHER]", required=False)
@code_options
@connection_options
@click.option("--from", "before", metavar="VERSION", help="Compare this version of KEY.")
@click.option("--to", "after", metavar="VERSION", help="With this version of it, or of OTHER.")
@click.option("--values", "shows_values", is_flag=True, help="Show values, too; no sensitive ones.")
def states_diff(
    *,
    name: str,
    other: str | None,
    request: FleetRequest,
    timeout_seconds: float,
    before: str | None,
    after: str | None,
    shows_values: bool,
) -> int:
    """Compare two states, or two versions of one, by outputs, addresses and names of attributes.

    Without `--values` no value is kept or shown; with it those of changed attributes and outputs are, but for what the
    state calls sensitive, and what is named as a secret. Nothing is changed. KEY and OTHER are as for `versions`; without OTHER and `--to` a
    version is compared with what is there now.
    """
    from holdfast.app.state_comparing import ComparedState, compare, values_of
    from holdfast.report.state_diff_text import diff_text

    if other is None and before is None and after is None:
        raise UsageError(
            "say what the state is to be compared with: another one, or `--from VERSION`",
            world="nothing was read or changed",
            hints=("`holdfast states versions KEY` lists the versions",),
        )
    with connect(timeout_seconds) as connections:
        first = found_place(name, request, connections=connections)
        second = found_place(other, request, connections=connections) if other else first
        sides = (
            ComparedState(place=first, version=before),
            ComparedState(place=second, version=after),
        )
        compared = compare(*sides, connections=connections)
        values = None
        if shows_values:
            values = (
                values_of(sides[0], compared, compared.before, connections=connections),
                values_of(sides[1], compared, compared.after, connections=connections),
            )
    text = diff_text(
        compared.diff, compared.before, compared.after, values=values, ink=ink_for(sys.stdout)
    )
    sys.stdout.write(text)
    return ExitCode.DONE
