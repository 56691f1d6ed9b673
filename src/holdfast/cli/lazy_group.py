"""Groups of commands that are imported when they are run, so that none waits for another's imports."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click

HELP_OPTIONS = ("-h", "--help")


class LazyGroup(click.Group):
    """List commands without importing them; each is `<prefix><name>` in the module of the same name.

    `commands_in_order` are shown in the help. With `default`, everything that names no command is an argument of it: a
    directory that is called like a command is then given as `./show`.
    """

    commands_in_order: Sequence[str] = ()
    prefix = ""
    default: str | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(self.commands_in_order)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of one command and return the command."""
        if cmd_name not in self.commands_in_order:
            return None
        name = f"{self.prefix}{cmd_name}"
        command = getattr(importlib.import_module(f"holdfast.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command first when none is named."""
        if self.default is not None and (
            not args or args[0] not in {*self.commands_in_order, *HELP_OPTIONS}
        ):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def lazy_group(
    commands: Sequence[str], *, prefix: str, default: str | None = None
) -> type[LazyGroup]:
    """Return the class of one group, for `click.group(cls=...)`."""
    members = {"commands_in_order": commands, "prefix": prefix, "default": default}
    return type("Group", (LazyGroup,), members)
