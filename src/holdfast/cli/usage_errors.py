"""What click finds wrong with a command line, in the words and the shape of every other error."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from holdfast.cli.overview import COMMANDS
from holdfast.errors import UsageError


def usage_error(error: click.ClickException, arguments: Sequence[str]) -> UsageError:
    """Return click's complaint about these arguments as an error of ours, with what was probably meant.

    Click complains while it reads the command line, before any command runs.
    """
    context = error.ctx if isinstance(error, click.UsageError) else None
    nearest = _nearest(error, context)
    # `format_message` tells once more what was probably meant.
    words = " ".join((error.message if nearest else error.format_message()).split())
    return UsageError(
        (words[:1].lower() + words[1:]).removesuffix("."),
        world="nothing was read or changed",
        hints=(
            *(f"did you mean `{each}`?" for each in nearest),
            f"`{_command(context, arguments)} --help` shows what there is",
        ),
    )


def _nearest(error: click.ClickException, context: click.Context | None) -> Sequence[str]:
    """Return what is spelt like it; click knows no command that was not imported yet."""
    name: object = getattr(error, "command_name", None)
    if isinstance(name, str) and context is not None and isinstance(context.command, click.Group):
        return difflib.get_close_matches(name, context.command.list_commands(context))
    possibilities: object = getattr(error, "possibilities", None)
    return possibilities if isinstance(possibilities, list) else ()


def _command(context: click.Context | None, arguments: Sequence[str]) -> str:
    """Return the command whose help is the right one; click does not always tell which it was reading."""
    if context is not None:
        return context.command_path
    return f"holdfast {arguments[0]}" if arguments[:1] and arguments[0] in COMMANDS else "holdfast"
