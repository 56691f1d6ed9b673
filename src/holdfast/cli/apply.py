"""`holdfast apply`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, assert_never

import click

from holdfast.app.apply import apply_plan
from holdfast.app.audit import audit_fleet
from holdfast.app.fleet import FleetRequest
from holdfast.app.observe import observe_backends
from holdfast.cli.options import (
    ACCOUNT_ID,
    connect,
    connection_options,
    fleet_options,
    read_fleet,
)
from holdfast.cli.plan import plan_for, report_unknown
from holdfast.cli.plan_files import read_plan_file
from holdfast.cli.rule_names import checked_rules_and_steps, checked_steps
from holdfast.cli.terminal import asked_for, ink_for, is_interactive
from holdfast.core.apply_events import (
    ApplyEvent,
    ApplyResult,
    Approvals,
    StepDone,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from holdfast.core.counting import counted
from holdfast.core.plans import Plan
from holdfast.core.step_words import words_of
from holdfast.core.steps import CreateBucket, CreateTable, Danger
from holdfast.errors import ApprovalMissingError, ExitCode, UsageError
from holdfast.report.columns import Colour, Ink
from holdfast.report.plan_text import approval_lines, left_out_lines, nothing_line, plan_text
from holdfast.rules import all_rules

if TYPE_CHECKING:
    from holdfast.aws.connections import Connections


@click.command()
@fleet_options
@connection_options
@click.option(
    "--only", multiple=True, metavar="NAME", help="Apply this rule's steps, or this step, only."
)
@click.option(
    "--auto-approve",
    is_flag=True,
    help="Do not ask; leave out what must be confirmed and is not named.",
)
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    metavar="STEP",
    help="Allow a step that must be confirmed, by its name in the plan; may be repeated.",
)
@click.option(
    "--account",
    "accounts",
    type=ACCOUNT_ID,
    multiple=True,
    help="Allow creating things in this account though nothing declares it; may be repeated.",
)
def apply(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    only: tuple[str, ...],
    auto_approve: bool,
    confirmed: tuple[str, ...],
    accounts: tuple[str, ...],
) -> int:
    """Change what the plan says, with progress; safe to run again.

    PATH is a plan file made by `holdfast plan --out`, or a directory to plan for first. The facts are read
    again, and a plan that the world has overtaken is refused. Steps that must be confirmed and are not are
    left out, which is said, and the exit code is then 4.
    """
    ink = ink_for(sys.stdout)
    checked_rules_and_steps(only, all_rules())
    checked_steps(confirmed)
    with connect(timeout_seconds) as connections:
        plan, complete = plan_to_apply(request, only, connections)
        if not plan.step_count:
            # What could not be read when a plan file was made is not known any more.
            in_file = request.directory.is_file()
            print("the plan has no steps" if in_file else nothing_line(complete=complete))
            return ExitCode.DONE if complete else ExitCode.INCOMPLETE
        print(plan_text(plan, ink=ink))
        print("\n".join(approval_lines(plan, ink=ink)), flush=True)
        approvals = approved(
            plan,
            Approvals(steps=frozenset(confirmed), accounts=frozenset(accounts)),
            auto_approve=auto_approve,
        )
        result = apply_plan(
            plan,
            connections=connections,
            # A plan says nothing about other regions, so a missing table is not looked for again.
            observe=lambda backends: observe_backends(
                backends, connections=connections, search_tables=False
            ),
            approvals=approvals,
            on_event=lambda event: report_event(event, ink),
        )
    print("\n" + "\n".join([*left_out_lines(result.left_out, ink=ink), outcome_line(result)]))
    return ExitCode.CHANGES_PENDING if result.left_out else ExitCode.DONE


def plan_to_apply(
    request: FleetRequest, only: tuple[str, ...], connections: Connections
) -> tuple[Plan, bool]:
    """Read the plan file that was named, or make a plan for the directory.

    The second value is False when facts could not be read, so that the plan may lack steps.
    """
    if not request.directory.is_file():
        result = audit_fleet(read_fleet(request, connections), all_rules())
        report_unknown(result)
        return plan_for(result, only=only), not result.unjudged
    if only or request.backends or request.declaration:
        raise UsageError(
            "a plan file is applied as it is",
            world="nothing was changed",
            hints=("leave `--only`, `--backend` and `--declaration` to `holdfast plan`",),
        )
    return read_plan_file(request.directory), True


def approved(plan: Plan, given: Approvals, *, auto_approve: bool) -> Approvals:
    """Ask for what was not allowed on the command line; without a terminal nothing is asked.

    Of what is then still missing `apply_plan` leaves out the steps, and refuses the accounts before anything
    is changed.
    """
    if not is_interactive():
        if not auto_approve:
            raise ApprovalMissingError(plan.step_count)
        return given
    accounts = given.accounts | frozenset(
        account
        for account in undeclared_accounts(plan) - given.accounts
        if asked_for(f"Nothing declares account {account}. Type its id to create there", account)
    )
    steps = given.steps | frozenset(
        step.identifier
        for backend in plan.backends
        for step in backend.steps
        if step.danger is Danger.CONFIRM
        and step.identifier not in given.steps
        and asked_for(
            f"{words_of(step.step).caution}\nType `{step.identifier}` to allow it", step.identifier
        )
    )
    if not auto_approve and not asked_for("Type `yes` to apply", "yes"):
        raise click.Abort
    return Approvals(steps=steps, accounts=accounts)


def undeclared_accounts(plan: Plan) -> frozenset[str]:
    """Return the accounts in which something would be created and which nothing declares."""
    return frozenset(
        backend.account
        for backend in plan.backends
        if backend.account is not None
        and backend.backend.account is None
        and any(isinstance(step.step, CreateBucket | CreateTable) for step in backend.steps)
    )


def report_event(event: ApplyEvent, ink: Ink) -> None:
    """Print a line for each step that ended."""
    address = event.address
    line = f"{address.backend}  {words_of(address.planned.step).summary}"
    match event:
        case StepStarted():
            return
        case StepDone():
            word = ink("done   ", Colour.GREEN)
        case StepSkipped():
            word = ink("already", Colour.DIM)
        case StepFailed():
            word = ink("failed ", Colour.RED, Colour.BOLD)
            line = f"{line}: {event.words}"
        case _:
            assert_never(event)
    print(f"{event.finished:>3} of {address.total}  {word}  {line}", flush=True)


def outcome_line(result: ApplyResult) -> str:
    """Count what was done; the last line."""
    skipped = f", {len(result.skipped)} had nothing to change" if result.skipped else ""
    checked = "; every change was read back" if result.done else ""
    left_out = f", {len(result.left_out)} left out" if result.left_out else ""
    return f"{counted(len(result.done), 'step')} done{skipped}{left_out}{checked}"
