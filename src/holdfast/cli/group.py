"""The command group. Commands are imported when they are run, so that none waits for another's imports."""

from __future__ import annotations

import importlib

import click

import holdfast
from holdfast.cli.overview import COMMANDS, DESCRIPTION, overview_text


class LazyGroup(click.Group):
    """List commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of one command and return the command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"holdfast.cli.{cmd_name}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the overview, which is also printed without click."""
        return overview_text().rstrip("\n")


@click.group(
    cls=LazyGroup,
    help=DESCRIPTION,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version=holdfast.__version__, message="holdfast %(version)s")
def commands() -> None:
    """Hold the commands; what `--help` says stands in `overview.py`."""
