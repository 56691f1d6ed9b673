"""Which of the words that are known is most like the one that was written. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence

SIMILARITY_MIN = 0.6
RANKED_MAX = 200  # comparing takes its time, and a file may hold thousands


def nearest(
    word: str, choices: Sequence[str], *, similarity_min: float = SIMILARITY_MIN
) -> str | None:
    """Return the choice that is most like `word`, the first one among equals; None when none is."""
    likeness = _likeness(word)
    best = max(choices, key=likeness, default=None)
    return best if best is not None and likeness(best) >= similarity_min else None


def did_you_mean(word: str, choices: Sequence[str]) -> str:
    """Return `; did you mean ...?` with the nearest choice, or nothing when none is near."""
    near = nearest(word, choices)
    return f"; did you mean `{near}`?" if near is not None else ""


def nearest_first(word: str, choices: Sequence[str]) -> tuple[str, ...]:
    """Return the choices, the ones most like `word` first; very many of them stay as they are."""
    if len(choices) > RANKED_MAX:
        return tuple(choices)
    return tuple(sorted(choices, key=_likeness(word), reverse=True))


def listed(words: Iterable[str]) -> str:
    """Return the words as code, with commas."""
    return ", ".join(f"`{word}`" for word in words)


def listed_shortly(words: Sequence[str], *, shown_max: int = 10) -> str:
    """Return the first words as code, and how many more there are."""
    more = len(words) - shown_max
    return listed(words[:shown_max]) + (f" and {more} more" if more > 0 else "")


def _likeness(word: str) -> Callable[[str], float]:
    matcher = difflib.SequenceMatcher(b=word)

    def ratio(choice: str) -> float:
        matcher.set_seq1(choice)
        return matcher.ratio()

    return ratio
