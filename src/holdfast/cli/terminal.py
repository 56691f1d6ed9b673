"""The terminal: colour, progress and typed answers. Data goes to stdout, all of this to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from holdfast.core.cleaning import printable
from holdfast.core.declaration import DeclarationWarning
from holdfast.report.columns import Ink


def ink_for(stream: TextIO) -> Ink:
    """Return ink for a stream: coloured on a terminal, as `NO_COLOR` and `FORCE_COLOR` say else."""
    if os.environ.get("NO_COLOR"):
        return Ink(coloured=False)
    return Ink(coloured=bool(os.environ.get("FORCE_COLOR")) or stream.isatty())


def is_interactive() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked_for(prompt: str, expected: str) -> bool:
    """Ask to type `expected`; anything else is a no."""
    answer: str = click.prompt(prompt, default="", show_default=False, err=True)
    return answer.strip() == expected


def answer_to(prompt: str) -> str:
    """Ask for something and return what was typed, without spaces around it; empty when it was nothing."""
    answer: str = click.prompt(prompt, default="", show_default=False, err=True)
    return answer.strip()


def show_warning(warning: DeclarationWarning) -> None:
    """Say what is allowed and looks like a mistake, and where it stands."""
    place = f"{warning.span.path}:{warning.span.line}:{warning.span.column}"
    click.echo(f"warning: {place}: {printable(warning.words)}", err=True)


@contextmanager
def activity(title: str) -> Iterator[Callable[[str], None]]:
    """Show that something goes on whose end nobody knows; yield a function that says how far it is.

    Without a terminal nothing is shown, and rich is not imported.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda words: status.update(f"{title}: {words}")


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show progress on a terminal; yield a function that is called with the name of what is done.

    Without a terminal nothing is shown, and rich is not imported.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(name: str) -> None:
            bar.update(task, advance=1, description=f"{title} {name}"[:60])

        yield advance
