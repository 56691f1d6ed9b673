"""Run all benchmarks and print one table: `make bench`, or `make bench BENCH=--record` to keep it."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from bench import declarations, fleets, listing, scan, startup
from bench.measuring import table

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADING = """\
# Results

Written by `make bench BENCH=--record`. Each row is a ratio of two things that were measured in one run on one
machine; the seconds are of that machine. `≤` is a budget that ours may cost, `≥` one that ours has to win.
"""


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--aws", type=Path, required=True, help="the aws CLI to compare with")
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name} as well")
    arguments = parser.parse_args()
    aws = arguments.aws.resolve()
    rows = [
        *startup.run(aws),
        *scan.run(),
        *declarations.run(),
        *listing.run(aws),
        *fleets.run(aws),
    ]
    text = f"{machine()}\n\n{table(rows)}\n"
    print(text, end="")
    if arguments.record:
        RESULTS.write_text(f"{HEADING}\n{text}", encoding="utf-8")


def machine() -> str:
    """Say on what the benchmarks ran."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (
        f"{os.cpu_count()} cores, {memory_bytes / 2**30:.0f} GiB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, "
        f"{fleets.LATENCY_MILLISECONDS:.0f} ms between client and server."
    )


if __name__ == "__main__":
    main()
