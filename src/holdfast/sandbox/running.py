"""Run a command against the embedded AWS, as `holdfast sandbox -- COMMAND` does."""

from collections.abc import Mapping, Sequence

from holdfast.app.command_running import run_passing_signals
from holdfast.sandbox.embedded import DEFAULT_ACCOUNT, DEFAULT_REGION, Sandbox


def run_command(
    sandbox: Sandbox,
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    account: str = DEFAULT_ACCOUNT,
    region: str = DEFAULT_REGION,
) -> int:
    """Run the command with the sandbox's environment and return its exit status.

    Signals are passed on. A command that a signal ended gives 128 plus the signal's number, as in a shell.
    Must be called from the main thread.

    Raises:
        CommandNotFoundError: There is no such command, or it cannot be executed.

    """
    environment = dict(sandbox.child_environment(environ, account=account, region=region))
    return run_passing_signals(command, environment=environment)
