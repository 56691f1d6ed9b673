"""How long a scan of the code takes, against walking the tree and reading the same candidate files."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.measuring import Row, table
from bench.repositories import generate
from holdfast.app.scan import scan_repository
from holdfast.core.grouping import backends_of

FILES = 10_000
TIMES = 11
SCAN_BUDGET = 3.0
CANDIDATES = (".tf", ".tf.json", ".hcl", ".tfbackend")


def run() -> list[Row]:
    """Measure a scan of a generated repository."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        generate(directory, files=FILES)
        repository = scan_repository(directory)
        assert not repository.problems
        assert repository.files_read == walk_and_read(name)
        assert backends_of(repository, None, region_default=None)
        scan_seconds, read_seconds = in_turn(
            lambda: scan_repository(directory), lambda: walk_and_read(name)
        )
    return [
        Row(
            measure=f"scan of {FILES} files",
            ours=scan_seconds,
            yardstick=f"walk, and read {repository.files_read} of them",
            theirs=read_seconds,
            budget=SCAN_BUDGET,
        )
    ]


def in_turn(ours: Callable[[], object], yardstick: Callable[[], object]) -> tuple[float, float]:
    """Return the median durations of two actions that take turns, so that both meet the same machine."""
    runs = [(seconds(ours), seconds(yardstick)) for _ in range(TIMES)]
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def walk_and_read(directory: str) -> int:
    """Read the files that a scan has to read, and nothing more; return how many."""
    count = 0
    for path, _, names in os.walk(directory):
        for name in names:
            if name.endswith(CANDIDATES):
                with open(f"{path}/{name}", "rb") as file:  # noqa: PTH123 - as a plain program would
                    file.read()
                count += 1
    return count


if __name__ == "__main__":
    print(table(run()))
