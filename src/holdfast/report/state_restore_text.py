"""What a restore would do, and what it did, as text."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.state_content import StateContent, content_words, lineage_of
from holdfast.core.state_versions import RestoreOutlook
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines
from holdfast.report.states_text import moment_words, size_words


def restore_text(outlook: RestoreOutlook, *, ink: Ink = PLAIN) -> str:
    """Lay out which version comes back, over what, and with which serial."""
    target = outlook.target
    title = f"{printable(outlook.bucket)}/{printable(outlook.key)}"
    facts = [
        ("now", _words(outlook.current.content) if outlook.current else "there is no state"),
        ("version", f"{target.identifier} of {moment_words(target.written)}"),
        ("it holds", f"{_words(outlook.old.content)}, {size_words(outlook.old.size_bytes)}"),
        ("it gets", _gets(outlook)),
    ]
    warnings = [ink(each, Colour.YELLOW, Colour.BOLD) for each in _warnings(outlook)]
    return "\n".join([ink(title, Colour.BOLD), *fact_lines(facts), *warnings])


def restored_line(key: str, content: StateContent, *, was_there: bool) -> str:
    """Say what was done; the last line."""
    words = _words(content)
    if was_there:
        return f"{printable(key)} held that version already ({words}); its digest fits"
    return f"{printable(key)} is restored ({words}); it was read back, and its digest fits"


def _gets(outlook: RestoreOutlook) -> str:
    if outlook.serial is None:
        return "nothing else: its bytes are restored as they are"
    return f"serial {outlook.serial}, so that plans from before are refused"


def _warnings(outlook: RestoreOutlook) -> Iterator[str]:
    if outlook.current is None:
        return
    now, then = lineage_of(outlook.current.content), lineage_of(outlook.old.content)
    if now and then and now != then:
        yield f"its lineage is another: {printable(then)}, and now {printable(now)}"


def _words(content: StateContent) -> str:
    return printable(content_words(content))
