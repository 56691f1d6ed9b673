"""`holdfast locks`: a group whose commands are imported when they are run; without one, the locks are listed."""

from __future__ import annotations

import click

from holdfast.cli.lazy_group import lazy_group

COMMANDS = ("list", "show", "break", "hold", "release")


@click.group(cls=lazy_group(COMMANDS, prefix="locks_", default="list"))
def locks() -> None:
    """Show every lock of the fleet, both kinds; break one by its id.

    Without a command the locks are listed: `holdfast locks [PATH]` is `holdfast locks list [PATH]`.
    """
