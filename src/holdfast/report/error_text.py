"""Errors as text: what happened, facts, what was and was not changed, what to do next."""

from __future__ import annotations

from holdfast.core.cleaning import printable
from holdfast.errors import HoldfastError
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines


def error_text(error: HoldfastError, *, ink: Ink = PLAIN) -> str:
    """Lay out an error for a terminal; everything foreign in it is cleaned here once more."""
    facts = [(printable(label), printable(value)) for label, value in error.facts]
    lines = [f"{ink(f'error[{error.slug}]', Colour.RED, Colour.BOLD)}: {printable(error.headline)}"]
    lines += fact_lines(facts)
    if error.world:
        lines.append(printable(error.world, length_max=4000))
    if error.hints:
        lines.append("")
        lines += [f"{ink('hint', Colour.CYAN)}: {printable(hint)}" for hint in error.hints]
    return "\n".join(lines) + "\n"
