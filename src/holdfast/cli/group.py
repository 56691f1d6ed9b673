"""The command group."""

from __future__ import annotations

from collections.abc import Sequence

import click

import holdfast
from holdfast.cli.lazy_group import LazyGroup
from holdfast.cli.overview import COMMANDS, DESCRIPTION, overview_text


class CommandGroup(LazyGroup):
    """Hold all commands, with the overview as their help."""

    commands_in_order: Sequence[str] = tuple(COMMANDS)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the overview, which is also printed without click."""
        return overview_text().rstrip("\n")


@click.group(
    cls=CommandGroup,
    help=DESCRIPTION,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version=holdfast.__version__, message="holdfast %(version)s")
def commands() -> None:
    """Hold the commands; what `--help` says stands in `overview.py`."""
