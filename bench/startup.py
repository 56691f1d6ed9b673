"""How long a first look takes: `--help` and `--version` against bare Python and the aws CLI."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import Row, median_seconds

TIMES = 25
HELP_BUDGET = 4.0


def run(aws: Path) -> list[Row]:
    """Measure the installed command; `aws` is the aws CLI to compare with."""
    command = str(Path(sys.executable).with_name("holdfast"))
    bare = seconds_of((sys.executable, "-c", "pass"))
    help_seconds = seconds_of((command, "--help"))
    version_seconds = seconds_of((command, "--version"))
    aws_seconds = seconds_of((str(aws), "--version"), times=7)
    return [
        Row(
            measure="holdfast --help",
            ours=help_seconds,
            yardstick="bare Python",
            theirs=bare,
            budget=HELP_BUDGET,
        ),
        Row(
            measure="holdfast --version",
            ours=version_seconds,
            yardstick="bare Python",
            theirs=bare,
            budget=HELP_BUDGET,
        ),
        Row(
            measure="holdfast --version",
            ours=version_seconds,
            yardstick="aws --version",
            theirs=aws_seconds,
        ),
    ]


def seconds_of(command: Sequence[str], *, times: int = TIMES) -> float:
    """Return the median duration of a command."""
    return median_seconds(
        lambda: subprocess.run(command, check=True, capture_output=True), times=times
    )
