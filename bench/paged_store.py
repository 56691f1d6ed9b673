"""A server with one large bucket and one large table, which answers their pages late and does next to nothing else.

The embedded AWS would need minutes to be filled with so much. Keys and items are numbered, so that a page is put
together when it is asked for: `layer-07/000107/terraform.tfstate`, and its digest in the table. Some states are locked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bench.replay import HEAD_END, headers_of

BUCKET = "bench-states"
TABLE = "bench-locks"
LAYERS = 100
LOCKED = 10  # lock files, and as many lock items
LOCK = json.dumps({"ID": "3b9d2a1c-0000-0000-0000-000000000000", "Who": "ann@laptop"})


@contextmanager
def serving(count: int, *, latency_milliseconds: float) -> Iterator[str]:
    """Run the server of so many keys and as many items; yield its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.paged_store", str(count), str(latency_milliseconds)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@dataclass(slots=True)
class Store:
    """The keys of the bucket and the names of the items, in order."""

    keys: list[str]
    paths: list[str]

    def answer(self, line: str, fields: Mapping[str, str], body: bytes) -> bytes:
        """Answer one request: a page of a listing, a page of a scan, or a lock file."""
        if "x-amz-target" in fields:
            assert fields["x-amz-target"].endswith(".Scan")
            return response(json.dumps(self.scan(json.loads(body))), "application/x-amz-json-1.0")
        target = urlsplit(line.split(" ")[1])
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        if "list-type" in query:
            return response(self.listing(query), "application/xml")
        assert target.path.endswith(".tflock")
        return response(LOCK, "application/json", 'ETag: "lock"')

    def listing(self, query: Mapping[str, str]) -> str:
        """Return ListObjectsV2 as XML."""
        after = query.get("continuation-token") or query.get("start-after", "")
        start = bisect_right(self.keys, after)
        if "delimiter" in query:
            layers = dict.fromkeys(key.partition("/")[0] for key in self.keys[start:])
            shown = [
                f"<CommonPrefixes><Prefix>{each}/</Prefix></CommonPrefixes>" for each in layers
            ]
            return f"<ListBucketResult>{''.join(shown)}</ListBucketResult>"
        end = start + int(query["max-keys"])
        rows = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in self.keys[start:end])
        more = (
            f"<NextContinuationToken>{self.keys[end - 1]}</NextContinuationToken>"
            if end < len(self.keys)
            else ""
        )
        truncated = str(bool(more)).lower()
        return f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{more}{rows}</ListBucketResult>"

    def scan(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """Return a page of one segment of Scan; a segment is every so many items."""
        segment, segments = (
            int(str(request.get("Segment", 0))),
            int(str(request.get("TotalSegments", 1))),
        )
        start, size = segment, int(str(request["Limit"]))
        match request.get("ExclusiveStartKey"):
            case {"LockID": {"S": str(path)}}:
                start = bisect_right(self.paths, path) - 1 + segments
            case _:
                pass
        shown = self.paths[start : start + size * segments : segments]
        answer: dict[str, object] = {"Items": [item(path) for path in shown]}
        if start + size * segments < len(self.paths):
            answer["LastEvaluatedKey"] = {"LockID": {"S": shown[-1]}}
        return answer


def store_of(count: int) -> Store:
    """Return a store of so many keys and items, some of which are locks."""
    states = [f"layer-{n % LAYERS:02}/{n:06}/terraform.tfstate" for n in range(count - LOCKED)]
    files = [f"layer-{n:02}/file-{n}/terraform.tfstate.tflock" for n in range(LOCKED)]
    locks = [f"{BUCKET}/layer-{n:02}/item-{n}/terraform.tfstate" for n in range(LOCKED)]
    digests = [f"{BUCKET}/{state}-md5" for state in states]
    return Store(sorted([*states, *files]), sorted([*digests, *locks]))


def item(path: str) -> Mapping[str, Mapping[str, str]]:
    """Return one item: a digest, or a lock."""
    value = {"Digest": {"S": "0" * 32}} if path.endswith("-md5") else {"Info": {"S": LOCK}}
    return {"LockID": {"S": path}, **value}


def response(text: str, kind: str, *fields: str) -> bytes:
    """Return an answer as it goes over the wire."""
    body = text.encode()
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields)
    return "\r\n".join(lines).encode() + HEAD_END + body


async def serve(store: Store, latency_seconds: float) -> None:
    """Serve until the process is ended, after one line with the address."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(HEAD_END)).removesuffix(HEAD_END)
                fields = headers_of(head)
                body = await reader.readexactly(int(fields.get("content-length", "0")))
                line = head.partition(b"\r\n")[0].decode("latin-1")
                await asyncio.sleep(latency_seconds)
                writer.write(store.answer(line, fields, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(store_of(int(sys.argv[1])), float(sys.argv[2]) / 1000))
