"""`holdfast sandbox`."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from pathlib import Path

import click

from holdfast.cli.options import ACCOUNT_ID
from holdfast.core.regions import PARTITIONS
from holdfast.errors import UsageError
from holdfast.sandbox.embedded import DEFAULT_ACCOUNT, DEFAULT_REGION, Sandbox
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.running import run_command
from holdfast.sandbox.scenarios import SCENARIOS
from holdfast.sandbox.seeding import seed

REGION = click.Choice(sorted(region for each in PARTITIONS for region in each.regions))


@click.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--scenario",
    type=click.Choice(sorted(SCENARIOS)),
    help="Put the buckets, tables and states of this fleet there first.",
)
@click.option(
    "--repository",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the code of the scenario into DIR, which must be empty or new.",
)
@click.option("--account", type=ACCOUNT_ID, help="The account of the credentials (12 digits).")
@click.option("--region", type=REGION, metavar="REGION", help="The default region.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def sandbox(
    *,
    scenario: str | None,
    repository: Path | None,
    account: str | None,
    region: str | None,
    command: tuple[str, ...],
) -> int:
    """Run a command against an embedded AWS.

    COMMAND runs with the environment set so that terraform, tofu, boto3 and the aws CLI reach the embedded
    AWS and nothing else. Its exit code is returned. Without a COMMAND the settings are printed, and the
    embedded AWS runs until it is interrupted.
    """
    chosen = SCENARIOS[scenario]() if scenario else None
    if repository is not None and chosen is None:
        raise UsageError("`--repository` needs `--scenario`: it writes the code of a scenario")
    if repository is not None and repository.is_dir() and any(repository.iterdir()):
        raise UsageError(f"`{repository}` is not empty", world="nothing was written")
    account_used = account or (chosen.account if chosen else DEFAULT_ACCOUNT)
    region_used = region or (chosen.region if chosen else DEFAULT_REGION)
    with Sandbox.start() as embedded:
        if chosen is not None:
            seed(chosen, embedded)
            if repository is not None:
                write_repository(chosen, repository)
        if command:
            return run_command(
                embedded,
                command,
                environ=os.environ,
                account=account_used,
                region=region_used,
            )
        serve(embedded, account=account_used, region=region_used)
    return 0


def serve(embedded: Sandbox, *, account: str, region: str) -> None:
    """Print the settings as shell commands and wait until somebody interrupts."""
    for name, value in embedded.environment(account=account, region=region).items():
        print(f"export {name}={shlex.quote(value)}")
    sys.stdout.flush()
    print("embedded AWS is running; end it with Ctrl-C", file=sys.stderr)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print("\nembedded AWS has ended", file=sys.stderr)
