"""`holdfast migrate`: a group whose commands are imported when they are run."""

from __future__ import annotations

import click

from holdfast.cli.lazy_group import lazy_group

COMMANDS = ("status", "locking", "local", "backend")


@click.group(cls=lazy_group(COMMANDS, prefix="migrate_"))
def migrate() -> None:
    """Bring states and locking to another kind of backend, stage by stage.

    What changes anything shows its plan first, and goes on where it was stopped when it is run again.
    """
