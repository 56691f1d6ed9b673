"""What the wildcards of a policy reach. Pure.

`*` is any text and `?` one character, in actions and resources alike; actions know no case (IAM user guide,
"JSON policy elements"). A policy variable such as `${aws:username}` can be anything here. `${*}`, `${?}` and `${$}`
are those characters themselves ("IAM policy elements: Variables and tags").
"""

from __future__ import annotations

import re
from functools import cache

from holdfast.core.policy_document import Patterns

VARIABLE_PATTERN = re.compile(r"\$\{(?![*?$]\})[^}]*\}")
ESCAPE_PATTERN = re.compile(r"\$\{([*?$])\}")
TOKEN_PATTERN = re.compile(
    rf"{ESCAPE_PATTERN.pattern}|(?P<any>(?:\*|{VARIABLE_PATTERN.pattern})+)|.", re.DOTALL
)

# A pattern reaches everything below a name when it reaches both of these: no pattern names the first by
# itself, and the second is longer than anything that `?` alone would be written for.
SHORT_PROBE = "\x00"
LONG_PROBE = "\x00" * 600


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Tell whether one pattern reaches the text."""
    return _compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None


def has_variable(text: str) -> bool:
    """Tell whether a text of a policy holds a variable, whose value is not known here."""
    return VARIABLE_PATTERN.search(text) is not None


def escaped(text: str) -> str:
    """Return the pattern that reaches this text alone."""
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", text)


def unescaped(text: str) -> str:
    """Return what a text of a policy stands for where wildcards mean themselves (`StringEquals`)."""
    return ESCAPE_PATTERN.sub(lambda found: found[1], text)


def reaches_action(actions: Patterns, action: str) -> bool:
    """Tell whether a statement speaks of an action (`s3:PutObject`)."""
    found = any(matches(each, action, ignore_case=True) for each in actions.patterns)
    return found is not actions.negated


def reaches_resource(resources: Patterns, resource: str) -> bool:
    """Tell whether a statement speaks of a resource, given by its ARN."""
    found = any(matches(each, resource) for each in resources.patterns)
    return found is not resources.negated


def reaches_all_actions(actions: Patterns, service: str) -> bool:
    """Tell whether a statement speaks of every action of a service (`s3`)."""
    start = f"{service}:"
    if actions.negated:
        return not any(_may_touch(each.lower(), start) for each in actions.patterns)
    return any(_reaches_everything_below(each.lower(), start) for each in actions.patterns)


def reaches_all_resources(resources: Patterns, start: str) -> bool:
    """Tell whether a statement speaks of every resource whose ARN starts like this."""
    if resources.negated:
        return not any(_may_touch(each, start) for each in resources.patterns)
    return any(_reaches_everything_below(each, start) for each in resources.patterns)


def _reaches_everything_below(pattern: str, start: str) -> bool:
    if "${" in pattern:
        return False
    return matches(pattern, start + SHORT_PROBE) and matches(pattern, start + LONG_PROBE)


def _may_touch(pattern: str, start: str) -> bool:
    """Tell whether a pattern could reach anything that starts like this; it may say yes too often."""
    head = re.split(r"[*?$]", pattern, maxsplit=1)[0]
    wild = head != pattern
    return head.startswith(start) or (wild and start.startswith(head))


@cache
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Translate a pattern; each piece is taken where it first fits, so that no pattern is slow.

    That decides right, because what lies between the pieces may be anything.
    """
    first, *others = _pieces(pattern)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG)
    if not others:
        return re.compile(first, flags)
    *middle, last = others
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + ".*" + last, flags)


def _pieces(pattern: str) -> list[str]:
    """Return what stands between the parts of a pattern that can be anything, as regular expressions."""
    pieces = [""]
    for token in TOKEN_PATTERN.finditer(pattern):
        if token["any"]:
            pieces.append("")
        else:
            pieces[-1] += "." if token[0] == "?" else re.escape(token[1] or token[0])
    return pieces
