"""`holdfast iam`: a group whose commands are imported when they are run."""

from __future__ import annotations

import click

from holdfast.cli.lazy_group import lazy_group

COMMANDS = ("check",)


@click.group(cls=lazy_group(COMMANDS, prefix="iam_"))
def iam() -> None:
    """Tell whether a role can plan, apply and unlock a state.

    `holdfast generate iam` writes the policies that it needs.
    """
