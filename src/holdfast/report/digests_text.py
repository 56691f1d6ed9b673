"""Digests beside their states, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.digests import DigestFinding, DigestVerdict
from holdfast.core.state_content import StateContent, content_words
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines

CONSEQUENCES: dict[DigestVerdict, str] = {
    DigestVerdict.STALE: "engines with this table refuse the state",
    DigestVerdict.STATE_MISSING: "`init` is blocked where the state is expected",
    DigestVerdict.INVALID: "engines skip their check",
}


def digest_lines(
    state: str,
    table: str,
    finding: DigestFinding,
    *,
    current: StateContent | None,
    older: StateContent | None,
    ink: Ink = PLAIN,
) -> list[str]:
    """Lay out one digest that is not right, both sides of it, and what can be done."""
    title = f"{ink(finding.verdict.value, Colour.RED, Colour.BOLD)}  {printable(state)}"
    consequence = CONSEQUENCES.get(finding.verdict)
    facts = [
        ("table", printable(table)),
        ("digest", printable((finding.stored.text if finding.stored else None) or "none")),
        ("state", "there is none" if current is None else printable(content_words(current))),
    ]
    if finding.md5 is not None:
        facts.append(("its MD5", finding.md5))
    if finding.matches is not None:
        words = f" ({printable(content_words(older))})" if older is not None else ""
        facts.append(("the digest is", f"that of version {finding.matches.identifier}{words}"))
    if finding.unread:
        facts.append(("older versions", f"not read: {printable(finding.unread)}"))
    if consequence is not None:
        facts.append(("so", consequence))
    facts += [("repair", each.value) for each in finding.repairs]
    return [title, *fact_lines(facts)]


def foreign_lines(bucket: str, store: str, count: int, *, ink: Ink = PLAIN) -> list[str]:
    """Lay out the digests of one bucket that no backend here names: nothing of it can be compared."""
    title = ink("foreign bucket", Colour.YELLOW, Colour.BOLD)
    return [
        f"{title}  {printable(bucket) or 'items of no bucket'}",
        *fact_lines(
            [
                ("in", printable(store)),
                ("digests", str(count)),
                ("so", "whose states they are of is not known here, and they are left alone"),
            ]
        ),
    ]


def digest_count_line(verdicts: Sequence[DigestVerdict], *, unread: int, foreign: int = 0) -> str:
    """Count the digests by verdict, and those of foreign buckets; the last line."""
    counts = Counter(verdicts)
    words = [f"{counts[each]} {each.value}" for each in DigestVerdict if counts[each]]
    if foreign:
        words.append(f"{foreign} of foreign buckets")
    if unread:
        words.append(f"{unread} not read")
    return f"{counted(len(verdicts), 'state')}: {', '.join(words) or 'none'}"
