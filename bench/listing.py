"""What `holdfast locks` takes on a large bucket and a large table: time against the aws CLI, and memory.

Memory is that of the whole process at its peak, with ten times as many keys and items against that with fewer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Row, mebibytes, table
from bench.paged_store import BUCKET, LOCKED, TABLE, serving
from holdfast.sandbox.scenarios.terraform_code import backend_settings, component_main

LARGE = 100_000
SMALL = 10_000
LATENCY_MILLISECONDS = 20.0
REGION = "eu-west-1"
SCRIPT_BUDGET = 2.0
MEMORY_BUDGET = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one run of the command took."""

    seconds: float
    memory_bytes: float


def run(aws: Path) -> list[Row]:
    """Measure the command on both sizes; `aws` is the aws CLI to compare with."""
    small, large = listing_of(SMALL), listing_of(LARGE)
    measure = f"holdfast locks, {LARGE} keys and {LARGE} items"
    return [
        Row(
            measure=measure,
            ours=large.seconds,
            yardstick="aws list-objects-v2, aws scan",
            theirs=script_seconds(aws, LARGE),
            budget=SCRIPT_BUDGET,
            faster=True,
        ),
        Row(
            measure=f"{measure}: memory",
            ours=large.memory_bytes,
            yardstick=f"the same with {SMALL} of each",
            theirs=small.memory_bytes,
            budget=MEMORY_BUDGET,
            words=mebibytes,
        ),
    ]


def listing_of(count: int) -> Listing:
    """List the locks of so many keys and items in a process of its own; all of them have to be found."""
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name,
        serving(count, latency_milliseconds=LATENCY_MILLISECONDS) as url,
    ):
        directory, answer = Path(name) / "code", Path(name) / "answer.json"
        directory.mkdir()
        settings = backend_settings(
            bucket=BUCKET, key="layer-00/known/terraform.tfstate", region=REGION, table=TABLE
        )
        code = component_main({"component": "known"}, backend=settings)
        (directory / "main.tf").write_text(code, encoding="utf-8")
        with answer.open("wb") as output:
            start = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "holdfast", "locks", str(directory), "--format", "json"],
                stdout=output,
                env=environment(url, name),
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        board = json.loads(answer.read_bytes())
        assert board["complete"]
        assert board["summary"]["locks"] == 2 * LOCKED
        assert [store["looked_at"] for store in board["stores"]] == [count, count]
    return Listing(seconds=seconds, memory_bytes=usage.ru_maxrss * 1024.0)


def script_seconds(aws: Path, count: int) -> float:
    """Return how long the aws CLI takes to print all keys and all names of items, one after the other."""
    keys = ("s3api", "list-objects-v2", "--bucket", BUCKET, "--query", "Contents[].Key")
    items = ("dynamodb", "scan", "--table-name", TABLE, "--query", "Items[].LockID.S")
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name,
        serving(count, latency_milliseconds=LATENCY_MILLISECONDS) as url,
    ):
        start = time.perf_counter()
        for words in (keys, items):
            done = subprocess.run(
                [str(aws), *words, "--page-size", "1000", "--output", "json"],
                stdout=subprocess.PIPE,
                env=environment(url, name),
                check=True,
            )
            assert len(json.loads(done.stdout)) == count
        return time.perf_counter() - start


def environment(url: str, home: str) -> dict[str, str]:
    """Return a whole environment that leads to the server."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]))))
