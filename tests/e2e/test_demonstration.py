"""The demonstration runs as the README shows it."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def shown_in_readme() -> list[str]:
    """Return the lines of the demonstration that the README shows; `…` stands for what it leaves out."""
    match = re.search(
        r"<!-- demo -->\n```console\n(.*?)```\n<!-- /demo -->", README.read_text("utf-8"), re.DOTALL
    )
    assert match is not None
    return [line for line in match[1].splitlines() if line not in {"", "…"}]


def test_the_demonstration_prints_what_the_readme_shows_in_that_order(tmp_path: Path) -> None:
    done = subprocess.run(
        (sys.executable, "-m", "holdfast", "demo"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        0,
        "Seen, understood, fixed, proven.",
    )
    printed = iter(line.rstrip() for line in done.stdout.splitlines())
    missing = [line for line in shown_in_readme() if line not in printed]
    assert missing == []
