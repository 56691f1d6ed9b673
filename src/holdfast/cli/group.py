"""The command group. Commands are imported when they are run, so that `--help` stays fast."""

from __future__ import annotations

import importlib

import click

import holdfast

# Name → (module, one line for `--help`). A meta-test holds the lines and the commands' own help together.
COMMANDS: dict[str, str] = {
    "apply": "Change what the plan says, with progress; safe to run again.",
    "audit": "Compare the code with the cloud and report what is wrong or unknown.",
    "demo": "Walk through audit, plan, apply and prove on an embedded AWS.",
    "explain": "Print the page of a rule or an error.",
    "plan": "Show what would be changed, and change nothing.",
    "prove": "Race real contenders for a scratch lock on every backend.",
    "sandbox": "Run a command against an embedded AWS.",
}


class LazyGroup(click.Group):
    """List commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command and return the command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"holdfast.cli.{cmd_name}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 findings, 4 changes pending, 5 locked, "
    "6 incomplete, 130 interrupted.",
)
@click.version_option(version=holdfast.__version__, message="holdfast %(version)s")
def commands() -> None:
    """Set up, audit, lock, repair and migrate the S3 state backends of Terraform and OpenTofu."""
