"""Put the output of `holdfast demo` into the README, cut to what a reader needs.

`make docs` runs it. A test runs the demonstration again and holds the README to what is printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(<!-- demo -->\n```console\n).*?(```\n<!-- /demo -->)", re.DOTALL)
# What is shown: the next line that says so, how many lines from there, and whether a cut follows it.
EXCERPTS = (
    ("$ holdfast audit", 4, False),
    ("critical  lock-table-missing", 7, True),
    ("2 backends", 1, False),
    ("$ holdfast plan", 1, True),
    ("$ holdfast apply", 1, True),
    ("steps done", 1, False),
    ("$ holdfast prove", 6, False),
    ("$ holdfast audit", 4, True),
    ("Seen", 1, False),
)


def excerpt(printed: list[str]) -> Iterator[str]:
    """Yield the lines of the excerpt; a line that is not found is a `LookupError`."""
    position = 0
    for words, count, cut in EXCERPTS:
        position = next(
            (at for at in range(position, len(printed)) if words in printed[at]), len(printed)
        )
        if position == len(printed):
            raise LookupError(words)
        yield from (line.rstrip() for line in printed[position : position + count])
        yield "…" if cut else ""
        position += count


def main() -> None:
    """Run the demonstration and rewrite the README's block."""
    command = (sys.executable, "-m", "holdfast", "demo")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    text = "\n".join(excerpt(done.stdout.splitlines())).rstrip() + "\n"
    readme = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda match: match[1] + text + match[2], readme), encoding="utf-8")


if __name__ == "__main__":
    main()
