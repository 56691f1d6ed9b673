"""`holdfast plan`."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

import holdfast
from holdfast.app.audit import audit_fleet
from holdfast.app.fleet import FleetRequest
from holdfast.cli.options import connect, connection_options, fleet_options, read_fleet
from holdfast.cli.plan_files import write_plan_file
from holdfast.cli.rule_names import checked_rules_and_steps
from holdfast.cli.terminal import ink_for
from holdfast.core.plan_file import plan_text as plan_file_text
from holdfast.core.planning import plan_of
from holdfast.core.plans import Plan
from holdfast.core.step_commands import commands_of
from holdfast.core.verdicts import AuditResult
from holdfast.errors import ExitCode
from holdfast.report.audit_text import account_lines, unknown_lines
from holdfast.rules import all_rules


@click.command()
@fleet_options
@connection_options
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Plan the steps of this rule, or this step, only; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the plan to FILE, for `holdfast apply FILE`.",
)
@click.option("--check", is_flag=True, help="Exit with 4 when there is something to change.")
@click.option(
    "--show-commands", is_flag=True, help="Show the equivalent `aws` command of each step."
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
def plan(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    only: tuple[str, ...],
    out: Path | None,
    check: bool,
    show_commands: bool,
    output_format: str,
) -> int:
    """Show what would be changed, and change nothing.

    The steps are those that fix the findings of the audit, each once, in a safe order. What could not be
    read is said, and nothing is planned for it; exits with 6 when that leaves nothing to plan at all.
    """
    rules = all_rules()
    names = checked_rules_and_steps(only, rules)
    with connect(timeout_seconds) as connections:
        fleet = read_fleet(request, connections)
    result = audit_fleet(fleet, rules)
    made = plan_for(result, only=names)
    if out is not None:
        write_plan_file(out, made)
    sys.stdout.write(formatted(made, result, output_format, show_commands=show_commands))
    report_unknown(result)
    if made.step_count and output_format == "text":
        print(
            f"\nnothing was changed; apply it with `{apply_command(request, out)}`", file=sys.stderr
        )
    if made.step_count:
        return ExitCode.CHANGES_PENDING if check else ExitCode.DONE
    return ExitCode.INCOMPLETE if result.unjudged else ExitCode.DONE


def apply_command(request: FleetRequest, out: Path | None) -> str:
    """Return the command that applies this plan."""
    target = str(out or request.directory)
    return shlex.join(("holdfast", "apply", *([] if target == "." else [target])))


def report_unknown(result: AuditResult) -> None:
    """Say on standard error what could not be judged, and what was read in a wrong account.

    Nothing is planned for what is not known.
    """
    ink = ink_for(sys.stderr)
    lines = [
        *account_lines(result.fleet.observed, ink),
        *unknown_lines(result.unjudged, ink),
    ]
    if lines:
        print("\n".join(lines), file=sys.stderr)


def plan_for(result: AuditResult, *, only: tuple[str, ...]) -> Plan:
    """Make the plan that fixes what the audit found."""
    return plan_of(
        findings=result.findings,
        observed=result.fleet.observed,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        holdfast_version=holdfast.__version__,
        only=only,
    )


def formatted(made: Plan, result: AuditResult, output_format: str, *, show_commands: bool) -> str:
    """Lay out the plan in the format that was asked for."""
    if output_format == "json":
        return plan_file_text(made)
    from holdfast.report.plan_text import plan_text

    observed = {each.backend.name: each for each in result.fleet.observed}
    commands = {
        f"{each.backend.name} {step.identifier}": commands_of(
            step.step, observed[each.backend.name]
        )
        for each in made.backends
        for step in each.steps
        if show_commands
    }
    return plan_text(made, commands=commands, complete=not result.unjudged, ink=ink_for(sys.stdout))
