"""Generated files as text: how they differ from the disk, and what became of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.generated import ComparedFile, Standing
from holdfast.core.repository import SENSITIVE_ARGUMENTS, SENSITIVE_PLACEHOLDER
from holdfast.report.columns import PLAIN, Colour, Ink

# What is taken out of a file by hand is shown in the difference; the secrets of a backend block are not.
SECRET = re.compile(
    rf'(?P<name>\b(?:{"|".join(sorted(SENSITIVE_ARGUMENTS))})"?\s*[=:]\s*)(?P<value>\S.*)'
)
LINE_COLOURS = {"-": Colour.RED, "+": Colour.GREEN, "@": Colour.CYAN}
NOTHING = "/dev/null"


def difference_text(compared: Iterable[ComparedFile], *, ink: Ink = PLAIN) -> str:
    """Return a unified difference from the disk to what is generated; empty when all is up to date."""
    lines = (line for each in compared for line in _difference(each))
    return "".join(f"{ink(line, *_colours(line))}\n" for line in lines)


def standing_text(compared: Sequence[ComparedFile]) -> str:
    """Return how many files are how, and the name of each that is not up to date."""
    lines = [
        f"{each.standing.value}: {printable(each.file.path)}"
        for each in compared
        if each.standing is not Standing.CURRENT
    ]
    current = len(compared) - len(lines)
    lines.append(f"{current} of {len(compared)} generated files up to date")
    return "\n".join(lines) + "\n"


def _difference(compared: ComparedFile) -> Iterator[str]:
    path = printable(compared.file.path)
    match compared.standing:
        case Standing.CURRENT | Standing.BLOCKED:
            return
        case Standing.HAND_WRITTEN if compared.before is None:
            yield f"Binary file {path} differs"
            return
        case _:
            before = NOTHING if compared.standing is Standing.MISSING else f"a/{path}"
    for line in difflib.unified_diff(
        (compared.before or "").splitlines(),
        compared.file.content.splitlines(),
        before,
        f"b/{path}",
        lineterm="",
    ):
        yield printable(SECRET.sub(rf"\g<name>{SENSITIVE_PLACEHOLDER}", line))


def _colours(line: str) -> tuple[Colour, ...]:
    colour = LINE_COLOURS.get(line[:1])
    return (colour,) if colour is not None else ()
