"""Where every root stands with its locking, as text: a row for each, what could not be told, a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.facts import Withheld
from holdfast.core.locking_status import FleetStatus, NextStep, RootStatus
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, fact_lines, table_lines
from holdfast.report.states_text import ABSENT, common_ends, moment_words

HEADER = (
    "root",
    "with",
    "key",
    "states",
    "code",
    "cache",
    "last write",
    "with which lock",
    "digest",
    "next",
)
UNKNOWN = "unknown"
CELL_MAX = 200
NO_BACKEND = "of no backend that can be told"
NEXT_COLOURS: dict[NextStep, tuple[Colour, ...]] = {
    NextStep.DONE: (Colour.GREEN,),
    NextStep.UNKNOWN: (Colour.YELLOW,),
    NextStep.OTHERS: (Colour.DIM,),
}


def locking_status_text(status: FleetStatus, *, ink: Ink = PLAIN) -> str:
    """Lay out the status."""
    sections = [
        *_tables(status, ink),
        list(_doubt_lines(status, ink)),
        list(_unread_lines(status, ink)),
        [count_line(status)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def count_line(status: FleetStatus) -> str:
    """Count the roots by what comes next; the last line."""
    steps = Counter(each.next_step for each in status.roots)
    words = [f"{count} {_step_words(step)}" for step in NextStep if (count := steps[step])]
    if not status.online:
        words.append("the cloud was not read")
    elif not status.is_complete:
        words.append("not everything could be told")
    roots = len({each.root for each in status.roots})
    return f"{counted(roots, 'root')} on the way to `{status.goal.value}`: {', '.join(words) or 'none'}"


def _step_words(step: NextStep) -> str:
    match step:
        case NextStep.BOTH | NextStep.LOCKFILE | NextStep.DYNAMODB:
            return f"to `{step.value}` next"
        case NextStep.OTHERS:
            return "waiting for others"
        case NextStep.DONE | NextStep.UNKNOWN:
            return step.value


def _tables(status: FleetStatus, ink: Ink) -> Iterator[list[str]]:
    """Yield a section for each backend: its name, what its roots and keys have in common, and a table of them."""
    for backend in dict.fromkeys(each.backend for each in status.roots):
        roots = [each for each in status.roots if each.backend == backend]
        # Most roots are initialised in one way, of which nothing need be said.
        several = len({each.root for each in roots}) < len(roots)
        several = several or any(each.doubt and each.label for each in roots)
        paths = common_ends([each.root for each in roots])
        keys = common_ends([each.key for each in roots if each.key] or [""])
        rows = [_row(each, status, paths, keys, with_file=several) for each in roots]
        header = [name for name in HEADER if several or name != "with"]
        yield [
            ink(printable(backend) or NO_BACKEND, Colour.BOLD),
            *fact_lines(
                [
                    (f"{name}s", printable(f"{start}<{name}>{end}"))
                    for name, (start, end) in (("root", paths), ("key", keys))
                    if start or end
                ]
            ),
            *(f"  {line}" for line in table_lines(header, rows, ink=ink)),
        ]


def _row(
    root: RootStatus,
    status: FleetStatus,
    paths: tuple[str, str],
    keys: tuple[str, str],
    *,
    with_file: bool,
) -> tuple[Cell, ...]:
    label = root.label.removeprefix(f"{root.root}/") or ABSENT
    texts = (
        _between(root.root, paths),
        *((label,) if with_file else ()),
        _between(root.key, keys) if root.key else UNKNOWN,
        *_cloud_cells(root, status),
        root.next_step.value,
    )
    cells = [Cell(printable(text, length_max=CELL_MAX)) for text in texts]
    return (*cells[:-1], Cell(cells[-1].text, NEXT_COLOURS.get(root.next_step, ())))


def _between(text: str, common: tuple[str, str]) -> str:
    return text[len(common[0]) : len(text) - len(common[1])]


def _cloud_cells(root: RootStatus, status: FleetStatus) -> tuple[str, ...]:
    unread = UNKNOWN if status.online else ABSENT
    code = root.code.value if root.code is not None else UNKNOWN
    cached = root.cached.value if root.cached is not None else ABSENT
    states = unread if isinstance(root.states, Withheld) else str(root.states.value)
    digest = unread if isinstance(root.digest, Withheld) else _digest_words(root)
    if isinstance(root.last_write, Withheld):
        return (states, code, cached, unread, unread, digest)
    last = root.last_write.value
    if last is None:
        return (states, code, cached, ABSENT, ABSENT, digest)
    return (states, code, cached, moment_words(last.write.moment), last.writer.value, digest)


def _digest_words(root: RootStatus) -> str:
    found = None if isinstance(root.digest, Withheld) else root.digest.value
    return found.value if found is not None else ABSENT


def _doubt_lines(status: FleetStatus, ink: Ink) -> Iterator[str]:
    for root in status.roots:
        if root.doubt:
            with_file = f" with {printable(root.label)}" if root.label else ""
            yield f"{ink(UNKNOWN, Colour.YELLOW)}  {printable(root.root)}{with_file}: {root.doubt}"


def _unread_lines(status: FleetStatus, ink: Ink) -> Iterator[str]:
    for place, withheld in status.unread:
        yield f"{ink(UNKNOWN, Colour.YELLOW)}  {printable(place)}: {printable(str(withheld))}"
    if status.online:
        for root in status.roots:
            if isinstance(root.last_write, Withheld) and root.backend:
                reason = printable(str(root.last_write))
                yield f"{ink(UNKNOWN, Colour.YELLOW)}  versions of {printable(root.key or '')}: {reason}"
