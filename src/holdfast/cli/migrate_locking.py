"""`holdfast migrate locking`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locking_options import LockingOptions
from holdfast.cli.locking_stage import run_stage
from holdfast.cli.locks_options import code_options, journal_option, time_of
from holdfast.cli.options import connect, connection_options
from holdfast.cli.plan_files import read_locking_plan_file
from holdfast.core.backends import Locking
from holdfast.core.locking_stages import GOALS
from holdfast.errors import UsageError

QUIET_DAYS_DEFAULT = 30
SINCE_AHEAD_MAX = timedelta(seconds=1)  # a stage gives the second that follows its end


@click.command("locking")
@code_options
@connection_options
@click.option(
    "--to",
    "goal",
    type=click.Choice([each.value for each in GOALS]),
    help="How every state is to be locked in the end; one stage is done at a time.",
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Do the stage that is planned in FILE, and refuse it when it does not fit any more.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the plan of the stage to FILE, and change nothing.",
)
@click.option("--table", metavar="NAME", help="The lock table of roots that name none.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="CHECK",
    help="Accept that this check is unknown; may be repeated.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ARN",
    help="Check that this role may use lock files; may be repeated.",
)
@click.option("--since", metavar="TIME", help="Judge who wrote from this time on (RFC 3339).")
@click.option(
    "--quiet-days",
    type=click.IntRange(min=0),
    default=QUIET_DAYS_DEFAULT,
    show_default=True,
    metavar="DAYS",
    help="How long a table has to be unused before its retirement is described.",
)
@click.option(
    "--lock-timeout",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="How long to wait for a lock that somebody holds.",
)
@click.option("--init", "initialises", is_flag=True, help="Run `init -reconfigure` in the roots.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@journal_option
def migrate_locking(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    goal: str | None,
    plan_file: Path | None,
    out: Path | None,
    table: str | None,
    accepted: tuple[str, ...],
    roles: tuple[str, ...],
    since: str | None,
    quiet_days: int,
    wait_seconds: float,
    initialises: bool,
    auto_approve: bool,
    journal_file: Path | None,
) -> int:
    """Lead the fleet from one way of locking to another, one stage at a time.

    From the lock table to lock files, and back: every way leads over `both`, which sees everybody. Each stage looks at
    who still writes in the old way, edits the code, and makes the digests fit while it holds the locks; running it again
    goes on where it was stopped. The table itself is never removed: what a person would do is described.
    """
    stored = read_locking_plan_file(plan_file) if plan_file is not None else None
    if stored is not None and goal is None:
        chosen = stored.goal
    elif stored is None and goal is not None:
        chosen = Locking(goal)
    else:
        raise UsageError("say where to go: either `--to MODE` or `--plan FILE`")
    options = LockingOptions(
        goal=chosen,
        stored=stored,
        table=table,
        out=out,
        accepted=accepted,
        roles=roles,
        since=_since_of(since) if since is not None else None,
        quiet_days=quiet_days,
        wait_seconds=wait_seconds,
        initialises=initialises,
        auto_approve=auto_approve,
        journal_file=journal_file,
    )
    with connect(timeout_seconds) as connections:
        return run_stage(read_code(request), request, options, connections)


def _since_of(text: str) -> datetime:
    """Read the moment from which on writers are judged; none that is still to come, after which nobody has written."""
    since = time_of(text)
    if since > datetime.now(UTC) + SINCE_AHEAD_MAX:
        raise UsageError(
            f"`--since {text}` is in the future: nobody has written since then",
            world="nothing was changed",
            hints=("give the time at which every root had both locks",),
        )
    return since
