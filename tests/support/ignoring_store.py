"""Stores that accept `If-None-Match: *` and do not honour it: what `prove` must find UNSAFE.

`rclone serve s3` ignores it always. Ceph RGW 16.2 ignores it on versioned buckets only; that one is imitated
with a rule of the fault proxy.
"""

import http.client
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.aws_operations import Request
from tests.support.fault_rules import Rule, WithoutHeader

ACCESS_KEY = "test"
SECRET_KEY = "test-secret"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def rclone_store(directory: Path) -> Iterator[str]:
    """Run `rclone serve s3` on an empty directory; yield its address.

    It knows the access key `ACCESS_KEY` with `SECRET_KEY`, and no DynamoDB. Its buckets are directories.
    """
    rclone = shutil.which("rclone", path=sysconfig.get_path("scripts")) or "rclone"
    with subprocess.Popen(
        [
            rclone,
            "serve",
            "s3",
            *("--addr", "127.0.0.1:0"),
            *("--auth-key", f"{ACCESS_KEY},{SECRET_KEY}"),
            *("--config", "/dev/null"),
            str(directory),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _announced(process)
        finally:
            process.kill()


def _announced(process: subprocess.Popen[str]) -> str:
    """Return the address from the line in which rclone says where it serves."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        found = _ADDRESS.search(line)
        if found:
            return found.group(0)
        said.append(line)
    message = f"rclone ended before it served: {''.join(said)}"
    raise AssertionError(message)


def ignoring_when_versioned(upstream: str) -> Rule:
    """Return a rule for a proxy before `upstream`: If-None-Match counts on unversioned buckets only."""

    def is_versioned(request: Request) -> bool:
        return _is_versioned(upstream, request)

    return Rule(
        action=WithoutHeader(name="if-none-match"), operation="s3:PutObject", when=is_versioned
    )


def _is_versioned(upstream: str, request: Request) -> bool:
    """Ask the server, with the request's own signature: it checks none."""
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=10)
    try:
        headers = {"Authorization": request.headers.get("authorization", "")}
        connection.request("GET", f"/{request.bucket}?versioning", headers=headers)
        return b"<Status>Enabled</Status>" in connection.getresponse().read()
    finally:
        connection.close()
