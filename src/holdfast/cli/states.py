"""`holdfast states`: a group whose commands are imported when they are run; without one, the states are listed."""

from __future__ import annotations

import click

from holdfast.cli.lazy_group import lazy_group

COMMANDS = ("list", "show", "versions", "diff", "check", "restore", "move", "forget")


@click.group(cls=lazy_group(COMMANDS, prefix="states_", default="list"))
def states() -> None:
    """Show every state of the fleet; check, restore and move them.

    Without a command the states are listed: `holdfast states [PATH]` is `holdfast states list [PATH]`.
    """
