"""What `holdfast init` did, and what did not fit, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.adoption import Misfit
from holdfast.core.adoption_news import News
from holdfast.core.cleaning import printable
from holdfast.core.facts import Withheld
from holdfast.core.fleet import Fleet
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines

SHOWN_MAX = 20


def adoption_text(
    *,
    roots: int,
    misfits: Sequence[Misfit],
    disagreements: Sequence[Misfit],
    differences: Sequence[Misfit],
    verbose: bool = False,
    ink: Ink = PLAIN,
) -> str:
    """Say what did not fit and why, then count."""
    lines = [
        *_section("did not fit", misfits, verbose=verbose, ink=ink),
        *_section("the written convention disagrees", disagreements, verbose=verbose, ink=ink),
        *_section(
            "fit, and would get other arguments from `generate backend`",
            differences,
            verbose=verbose,
            ink=ink,
        ),
        f"{_number(roots, 'root')} fit, {_number(len(misfits), 'thing')} did not",
    ]
    return "\n".join(lines) + "\n"


def unread_text(fleet: Fleet, *, ink: Ink = PLAIN) -> str:
    """Say which files and which part of the cloud could not be read; nothing when all could."""
    unread = [
        (str(each.span), printable(each.message)) for each in fleet.repository.problems[:SHOWN_MAX]
    ]
    more = len(fleet.repository.problems) - len(unread)
    unread += [("", f"and {more} more files")] if more > 0 else []
    unread += [
        (each.backend.bucket, printable(str(each.bucket)))
        for each in fleet.observed
        if isinstance(each.bucket, Withheld)
    ]
    if not unread:
        return ""
    return "\n".join([ink("could not be read:", Colour.BOLD), *fact_lines(unread), ""]) + "\n"


def news_text(news: News, *, path: str, verbose: bool = False, ink: Ink = PLAIN) -> str:
    """Say what the declaration does not cover."""
    lines = [
        *_section("backends that are not declared", news.backends, verbose=verbose, ink=ink),
        *_section("lock tables that are not declared", news.tables, verbose=verbose, ink=ink),
        *_section("roots that are not covered", news.roots, verbose=verbose, ink=ink),
    ]
    if not news.total:
        lines.append(f"`{path}` covers every backend, lock table and root of the code")
    else:
        lines.append(
            f"`{path}` does not cover {_number(len(news.backends), 'backend')},"
            f" {_number(len(news.tables), 'lock table')} and {_number(len(news.roots), 'root')}"
        )
    return "\n".join(lines) + "\n"


def _section(title: str, misfits: Sequence[Misfit], *, verbose: bool, ink: Ink) -> Iterator[str]:
    if not misfits:
        return
    yield ink(f"{title}:", Colour.BOLD)
    shown = misfits if verbose else misfits[:SHOWN_MAX]
    for each in shown:
        yield f"  {printable(each.subject)}"
        facts = [(label, printable(value)) for label, value in each.facts]
        yield from fact_lines([*facts, ("why", printable(each.reason))], indent=4)
    if len(misfits) > len(shown):
        yield f"  … and {len(misfits) - len(shown)} more; `--verbose` shows them all"
    yield ""


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
