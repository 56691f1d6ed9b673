"""`holdfast audit`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.audit import audit_fleet
from holdfast.app.fleet import FleetRequest, read_code, read_states
from holdfast.cli.options import connect, connection_options, fleet_options, read_fleet
from holdfast.cli.rule_names import checked_rules
from holdfast.cli.terminal import activity, ink_for
from holdfast.core.findings import Severity
from holdfast.core.fleet import Fleet
from holdfast.core.verdicts import AuditResult
from holdfast.errors import ExitCode, UsageError
from holdfast.rules import all_rules

if TYPE_CHECKING:
    from holdfast.app.states_listing import StatesCounted
    from holdfast.aws.connections import Connections

SEVERITY_WORDS = [severity.word for severity in Severity if severity is not Severity.NOTE]


@click.command()
@fleet_options
@connection_options
@click.option(
    "--offline", is_flag=True, help="Read the code alone; rules over the cloud are not run."
)
@click.option(
    "--states",
    is_flag=True,
    help="Look through the states too: heads, digests and tombstones, of which no value is kept.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="RULE",
    help="Report this rule only; may be repeated. The verdicts speak of every rule all the same.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITY_WORDS, "never"]),
    default="high",
    show_default=True,
    help="Exit with 3 when there is a finding of this severity or above.",
)
@click.option("--strict", is_flag=True, help="Exit with 6 when a fact could not be read.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show all evidence, unknowns and findings in examples."
)
def audit(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    offline: bool,
    states: bool,
    only: tuple[str, ...],
    output_format: str,
    fail_on: str,
    strict: bool,
    verbose: bool,
) -> int:
    """Compare the code with the cloud and report what is wrong or unknown.

    Reads the backends of all roots below PATH and, with credentials, what AWS says about each of them.
    Nothing is changed, and without `--states` no state is read.
    """
    if offline and states:
        raise UsageError(
            "`--states` looks through buckets and tables, and `--offline` does not read them",
            world="nothing was judged",
            hints=("leave out one of the two",),
        )
    rules = all_rules()
    names = checked_rules(only, rules, offline=offline, states=states)
    if offline:
        fleet = read_code(request)
    else:
        with connect(timeout_seconds) as connections:
            fleet = read_fleet(request, connections)
            if states:
                fleet = with_states(fleet, connections)
    result = audit_fleet(fleet, rules, only=names)
    sys.stdout.write(formatted(result, output_format, verbose=verbose))
    if output_format == "json":
        from holdfast.report.audit_text import account_lines

        # The other formats have it in the report.
        for line in account_lines(result.fleet.observed, ink_for(sys.stderr)):
            print(line, file=sys.stderr)
    return exit_code(result, fail_on=fail_on, strict=strict)


def with_states(fleet: Fleet, connections: Connections) -> Fleet:
    """Look through the states, with progress on a terminal."""
    from holdfast.app.lock_stores import customer_key_in

    customer_key = customer_key_in(os.environ)
    with activity("looking through states") as show:

        def count(total: StatesCounted) -> None:
            show(f"{total.keys:,} keys, {total.states:,} states")

        return read_states(
            fleet, connections=connections, customer_key=customer_key, on_progress=count
        )


def formatted(result: AuditResult, output_format: str, *, verbose: bool) -> str:
    """Lay out the result in the format that was asked for."""
    match output_format:
        case "json":
            from holdfast.report.audit_json import audit_json

            return audit_json(result, holdfast_version=holdfast.__version__)
        case "markdown":
            from holdfast.report.audit_markdown import audit_markdown

            return audit_markdown(result)
        case _:
            from holdfast.report.audit_text import audit_text

            return audit_text(result, ink=ink_for(sys.stdout), verbose=verbose)


def exit_code(result: AuditResult, *, fail_on: str, strict: bool) -> ExitCode:
    """Choose the exit code: findings come before what is unknown."""
    if fail_on != "never":
        threshold = Severity[fail_on.upper()]
        if any(finding.severity >= threshold for finding in result.findings):
            return ExitCode.FINDINGS
    if strict and result.unjudged:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE
