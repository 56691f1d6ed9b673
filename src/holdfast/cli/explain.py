"""`holdfast explain`."""

from __future__ import annotations

import sys

import click

from holdfast.cli.terminal import ink_for
from holdfast.report.explanation_text import explanation_list, explanation_text
from holdfast.rules import all_rules


@click.command()
@click.argument("slug", required=False)
def explain(*, slug: str | None) -> None:
    """Print the page of a rule or an error.

    SLUG is the word in brackets of an error, or the name of a rule. Without it, all of them are listed.
    """
    ink = ink_for(sys.stdout)
    rules = all_rules()
    text = (
        explanation_list(rules, ink=ink) if slug is None else explanation_text(slug, rules, ink=ink)
    )
    sys.stdout.write(text)
