"""`holdfast locks`: a group whose commands are imported when they are run; without one, the locks are listed."""

from __future__ import annotations

import importlib

import click

COMMAND_DEFAULT = "list"
HELP_OPTIONS = ("-h", "--help")

# The commands in the order of their help; each is `locks_<name>` in the module of the same name.
COMMANDS = ("list", "show", "break", "hold", "release")


class LocksGroup(click.Group):
    """List its commands without importing them, and list the locks when none is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of one command and return the command."""
        if cmd_name not in COMMANDS:
            return None
        name = f"locks_{cmd_name}"
        command = getattr(importlib.import_module(f"holdfast.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take everything that names no command as arguments of the list.

        A directory that is called like a command is given as `./show`.
        """
        if not args or args[0] not in {*COMMANDS, *HELP_OPTIONS}:
            args = [COMMAND_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(cls=LocksGroup)
def locks() -> None:
    """Show every lock of the fleet, both kinds; break one by its id.

    Without a command the locks are listed: `holdfast locks [PATH]` is `holdfast locks list [PATH]`.
    """
