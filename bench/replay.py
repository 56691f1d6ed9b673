"""A server that answers late and costs next to nothing: what another server once said, again and again.

The embedded AWS needs two to three milliseconds of work for a request, which is more than ours needs, and it does
one after the other. To see how long *ours* takes, its answers are kept and given again by this process.
Requests are told apart by their first line, `X-Amz-Target` and body; signatures and times do not matter.
"""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"


@contextmanager
def replaying(upstream: str, *, latency_milliseconds: float) -> Iterator[str]:
    """Run the server in front of `upstream`; yield its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.replay", upstream, str(latency_milliseconds)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Replay(asyncio.Protocol):
    """One connection."""

    def __init__(self, upstream: str, latency_seconds: float, known: dict[bytes, bytes]) -> None:
        self._upstream = upstream
        self._latency_seconds = latency_seconds
        self._known = known
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request once it is whole; a client sends the next one after the answer."""
        self._received += data
        head, end, body = self._received.partition(HEAD_END)
        fields = headers_of(head)
        if not end or len(body) < int(fields.get("content-length", "0")):
            return
        self._received = b""
        line = head.partition(b"\r\n")[0]
        key = b"\0".join((line, fields.get("x-amz-target", "").encode(), body))
        answer = self._known.get(key)
        if answer is None:
            # The first time is not measured: it may hold everybody up.
            answer = self._known[key] = asked(self._upstream, line, fields, body)
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        loop.call_later(self._latency_seconds, self._transport.write, answer)


def headers_of(head: bytes) -> dict[str, str]:
    """Return the header fields of a request, names in lower case."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }


def asked(upstream: str, line: bytes, fields: dict[str, str], body: bytes) -> bytes:
    """Ask the server behind, and return its answer as it goes over the wire."""
    method, target, _ = line.decode("latin-1").split(" ")
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=30)
    connection.request(method, target, body, fields)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    left_out = {"connection", "transfer-encoding", "content-length"}
    lines = [
        f"HTTP/1.1 {answer.status} {answer.reason}",
        *(
            f"{name}: {value}"
            for name, value in answer.getheaders()
            if name.lower() not in left_out
        ),
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + content


async def serve(upstream: str, latency_seconds: float) -> None:
    """Serve until the process is ended, after one line with the address."""
    known: dict[bytes, bytes] = {}
    server = await asyncio.get_running_loop().create_server(
        lambda: Replay(upstream, latency_seconds, known), "127.0.0.1", 0
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2]) / 1000))
