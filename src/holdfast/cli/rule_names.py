"""Names of rules as they are typed on the command line."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from holdfast.core.findings import Rule
from holdfast.errors import SlugUnknownError


def checked_rules(names: Sequence[str], rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the names; raise `SlugUnknownError` with the nearest ones for a rule that does not exist."""
    known = [rule.slug for rule in rules]
    for name in names:
        if name not in known:
            raise SlugUnknownError(name, difflib.get_close_matches(name, known, n=3))
    return tuple(names)
