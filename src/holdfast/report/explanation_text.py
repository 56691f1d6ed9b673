"""The page of a rule or of an error, and the list of both."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Sequence

from holdfast import errors
from holdfast.core.findings import Rule, rule_title
from holdfast.errors import HoldfastError, SlugUnknownError
from holdfast.report.columns import PLAIN, SEVERITY_COLOURS, Cell, Colour, Ink, table_lines


def error_classes() -> tuple[type[HoldfastError], ...]:
    """Return every error a user can meet, sorted by slug."""
    classes = (
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, HoldfastError) and "slug" in vars(each)
    )
    return tuple(sorted(classes, key=lambda each: each.slug))


def explanation_text(slug: str, rules: Sequence[Rule], *, ink: Ink = PLAIN) -> str:
    """Return the page of one rule or error; raise `SlugUnknownError` with the nearest names."""
    rule = next((each for each in rules if each.slug == slug), None)
    if rule is not None:
        severity = ink(rule.severity.word, *SEVERITY_COLOURS[rule.severity])
        return f"{ink(rule.slug, Colour.BOLD)}  {severity}\n\n{rule.page.strip()}\n"
    error = next((each for each in error_classes() if each.slug == slug), None)
    if error is not None:
        page = inspect.cleandoc(error.__doc__ or "")
        return (
            f"{ink(f'error[{slug}]', Colour.BOLD)}  exit code {error.exit_code.value}\n\n{page}\n"
        )
    known = [each.slug for each in rules] + [each.slug for each in error_classes()]
    raise SlugUnknownError(slug, difflib.get_close_matches(slug, known, n=3))


def explanation_list(rules: Sequence[Rule], *, ink: Ink = PLAIN) -> str:
    """List every rule and error with its first line."""
    return "\n".join(list_lines(rules, ink)) + "\n"


def list_lines(rules: Sequence[Rule], ink: Ink) -> Iterator[str]:
    """Yield the lines of the list: rules most severe first, then errors."""
    ordered = sorted(rules, key=lambda each: (-each.severity, each.slug))
    yield from table_lines(
        ("rule", "severity", ""),
        [
            (
                Cell(rule.slug),
                Cell(rule.severity.word, SEVERITY_COLOURS[rule.severity]),
                Cell(rule_title(rule)),
            )
            for rule in ordered
        ],
        ink=ink,
    )
    yield ""
    yield from table_lines(
        ("error", "exit code", ""),
        [
            (
                Cell(each.slug),
                Cell(str(each.exit_code.value)),
                Cell(inspect.cleandoc(each.__doc__ or "").partition("\n")[0]),
            )
            for each in error_classes()
        ],
        ink=ink,
    )
