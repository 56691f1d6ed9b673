"""What a move of states would do and what it did, and the same for forgetting, as text."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.state_content import content_words
from holdfast.core.state_moves import (
    ForgetOutlook,
    MoveOutlook,
    MoveStanding,
    StateToForget,
    StateToMove,
    tombstone_reason,
)
from holdfast.report.code_edits_text import edit_lines
from holdfast.report.columns import PLAIN, Colour, Ink, fact_lines
from holdfast.report.states_text import size_words


def move_text(outlook: MoveOutlook, *, ink: Ink = PLAIN) -> str:
    """Lay out every state with its way, and the code that changes."""
    return "\n".join(_move_lines(outlook, ink))


def _move_lines(outlook: MoveOutlook, ink: Ink) -> Iterator[str]:
    for state in outlook.states:
        target = f"{outlook.target_bucket}/{state.target_key}"
        yield ink(f"{printable(outlook.source_bucket)}/{printable(state.source_key)}", Colour.BOLD)
        facts = [
            ("to", printable(target)),
            ("it holds", _content(state)),
            ("it is", state.standing.value),
            ("stays", f"the old object, locked with the words `{tombstone_reason(target)}`"),
        ]
        yield from fact_lines([(label, printable(words)) for label, words in facts])
    yield from edit_lines(outlook.edits, ink=ink)
    if not outlook.edits:
        known = (
            "names the new place already" if outlook.roots else "in this directory names the state"
        )
        yield f"no code is changed: {'it' if outlook.roots else 'none'} {known}"


def _content(state: StateToMove) -> str:
    return f"{content_words(state.source.content)}, {size_words(state.source.size_bytes)}"


def moved_line(
    source_key: str, target_path: str, *, standing: MoveStanding, was_there: bool
) -> str:
    """Say what became of one state."""
    ways = f"{printable(source_key)} -> {printable(target_path)}"
    if standing is MoveStanding.IN_USE:
        return f"{ways}: {standing.value}; it was left as it is"
    done = "was there already" if was_there else "is copied"
    return f"{ways}: {done}, byte for byte; read back and its digest fits"


def move_end_lines(outlook: MoveOutlook, *, files: int) -> Iterator[str]:
    """Say what was done as a whole, and what is left to do."""
    yield f"{counted(len(outlook.states), 'state')} moved, {counted(files, 'file')} of code changed"
    yield "the old place stays locked; when the new one is in use, remove what is left there:"
    yield f"  holdfast states forget {printable(outlook.source_bucket)}/{printable(outlook.states[0].source_key)}"


def forget_text(outlook: ForgetOutlook, *, ink: Ink = PLAIN) -> str:
    """Lay out what would be removed."""
    lines: list[str] = []
    for state in outlook.states:
        lines.append(ink(f"{printable(outlook.bucket)}/{printable(state.source_key)}", Colour.BOLD))
        lines += fact_lines(
            [
                ("it holds", _left(state)),
                ("moved to", printable(state.target_path)),
                ("there", _there(state)),
            ]
        )
    return "\n".join(lines)


def _left(state: StateToForget) -> str:
    return (
        printable(content_words(state.source.content))
        if state.source is not None
        else "nothing any more, but its lock"
    )


def _there(state: StateToForget) -> str:
    serial = "no serial that can be read" if state.serial is None else f"serial {state.serial}"
    return serial if state.written_since else f"{serial}: not written since the move"


def forgotten_line(key: str, *, versioned: bool) -> str:
    """Say that an old state is gone, and what a bucket with versions keeps of it."""
    kept = "; the bucket keeps it as an older version" if versioned else ""
    return f"{printable(key)} is removed, with its digests and its lock{kept}"
