"""`holdfast generate`: a group whose commands are imported when they are run."""

from __future__ import annotations

import click

from holdfast.cli.lazy_group import lazy_group

COMMANDS = ("backend", "setup", "ci", "iam", "docs")


@click.group(cls=lazy_group(COMMANDS, prefix="generate_"))
def generate() -> None:
    """Write files from the declaration, or check those on disk.

    Without `--write` everything goes to stdout. A file that somebody wrote or edited by hand is never
    overwritten without `--force`, which keeps a copy.
    """
