"""`holdfast iam check`."""

from __future__ import annotations

import sys

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import state_options
from holdfast.cli.options import connect, connection_options
from holdfast.cli.terminal import activity, ink_for
from holdfast.core.access_judging import AccessVerdict
from holdfast.core.access_report import AccessReport
from holdfast.core.engine_calls import EngineVerb
from holdfast.core.state_naming import only_one, states_named
from holdfast.errors import ExitCode

VERBS = {
    "plan-no-lock": EngineVerb.PLAN_WITHOUT_LOCK,
    "plan": EngineVerb.PLAN,
    "apply": EngineVerb.APPLY,
    "unlock": EngineVerb.FORCE_UNLOCK,
}


@click.command("check")
@state_options
@connection_options
@click.option("--role", "role_arn", required=True, metavar="ARN", help="The role to be checked.")
@click.option(
    "--for",
    "purposes",
    type=click.Choice(list(VERBS)),
    multiple=True,
    help="Check this alone; may be repeated. All of them by default.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
def iam_check(
    *,
    name: str,
    request: FleetRequest,
    timeout_seconds: float,
    role_arn: str,
    purposes: tuple[str, ...],
    output_format: str,
) -> int:
    """Tell whether a role can plan, apply and unlock one state.

    KEY is as for `holdfast locks show`. Reads the policies of the role, its permissions boundary, those of the bucket, the
    lock table and the KMS keys, and lets IAM simulate the role where that is allowed. Nothing is changed, and the role is not
    assumed. Exits with 3 when the role cannot do all that was asked, and with 6 when that is not known.
    """
    from holdfast.app.iam_check import CheckRequest, check_role, role_named

    role_named(role_arn)
    state = only_one(name, states_named(name, read_code(request).backends_chosen))
    check = CheckRequest(
        role_arn=role_arn,
        backend=state.backend,
        key=state.key,
        verbs=tuple(verb for word, verb in VERBS.items() if not purposes or word in purposes),
    )
    with connect(timeout_seconds) as connections, activity("reading policies"):
        report = check_role(check, connections)
    sys.stdout.write(formatted(report, output_format))
    return exit_code(report)


def formatted(report: AccessReport, output_format: str) -> str:
    """Lay out the report in the format that was asked for."""
    if output_format == "json":
        from holdfast.report.access_json import access_json

        return access_json(report, holdfast_version=holdfast.__version__)
    from holdfast.report.access_text import access_text

    return access_text(report, ink=ink_for(sys.stdout))


def exit_code(report: AccessReport) -> ExitCode:
    """Choose the exit code: what the role cannot do comes before what is not known."""
    match report.verdict:
        case AccessVerdict.CAN:
            return ExitCode.DONE
        case AccessVerdict.CANNOT:
            return ExitCode.FINDINGS
        case AccessVerdict.UNKNOWN:
            return ExitCode.INCOMPLETE
