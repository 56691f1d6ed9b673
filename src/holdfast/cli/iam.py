"""`holdfast iam`: a group whose commands are imported when they are run."""

from __future__ import annotations

import importlib

import click

# The commands in the order of their help; each is `iam_<name>` in the module of the same name.
COMMANDS = ("check",)


class IamGroup(click.Group):
    """List its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of one command and return the command."""
        if cmd_name not in COMMANDS:
            return None
        name = f"iam_{cmd_name}"
        command = getattr(importlib.import_module(f"holdfast.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=IamGroup)
def iam() -> None:
    """Tell whether a role can plan, apply and unlock a state.

    `holdfast generate iam` writes the policies that it needs.
    """
