"""A proxy between a client and a server of AWS's protocols that injects faults and counts requests.

It listens on the loopback interface, serves every connection in a thread of its own, and ends them all when
it is closed. Rules are in `fault_rules`, the names of operations in `aws_operations`.
"""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, assert_never
from urllib.parse import urlsplit

from typing_extensions import override

from tests.support.aws_operations import Request
from tests.support.fault_rules import (
    Action,
    Answer,
    Decision,
    Delay,
    DropAfter,
    DropBefore,
    Late,
    Refuse,
    Response,
    Rule,
    RuleBook,
    WithoutHeader,
    access_denied,
    error_response,
)
from tests.support.late_requests import Arrival

UPSTREAM_TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.02  # how soon it notices that it should end
_NOT_PASSED_ON = ("connection", "content-length", "expect", "proxy-connection", "transfer-encoding")


class FaultProxy:
    """A running proxy in front of `upstream`, an `http://` address, until the end of the `with` block."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self._book = RuleBook()
        self._requests: list[Request] = []
        self._arrivals: list[Arrival] = []
        self._guard = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="fault-proxy"
        )

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, rule: Rule) -> None:
        """Add a rule; the first rule that applies to a request wins."""
        with self._guard:
            self._book.add(rule)

    def decide(self, decision: Decision) -> None:
        """Ask about every request what befalls it, one request at a time; the rules are for the others."""
        with self._guard:
            self._book.decide = decision

    def deny(self, operation: str) -> None:
        """Refuse an operation (a shell pattern such as `s3:GetBucket*`) as IAM would."""
        self.add(Rule(action=access_denied(operation), operation=operation))

    def allow_all(self) -> None:
        """Forget all rules."""
        with self._guard:
            self._book = RuleBook()

    def requests(self) -> tuple[Request, ...]:
        """Return what came in so far, in order."""
        with self._guard:
            return tuple(self._requests)

    def counts(self) -> Mapping[str, int]:
        """Return how many requests of each operation came in so far."""
        return Counter(request.operation for request in self.requests())

    def forget(self) -> None:
        """Start counting again."""
        with self._guard:
            self._requests.clear()

    def record(self, request: Request) -> Action | None:
        """Take note of a request and return what befalls it."""
        with self._guard:
            self._requests.append(request)
            action = self._book.action_for(request)
            if isinstance(action, Late):
                self._arrivals.append(action.arrival)
            return action

    def close(self) -> None:
        """End all connections and threads; late requests arrive before."""
        self._server.shutdown()
        for arrival in self._arrivals:
            arrival.let_go()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    # The default of 5 makes the kernel refuse connections when many clients come at once.
    request_queue_size = 128

    def __init__(self, proxy: FaultProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy
        self._connections: set[socket.socket] = set()

    def keep(self, connection: socket.socket) -> None:
        self._connections.add(connection)

    def discard(self, connection: socket.socket) -> None:
        self._connections.discard(connection)

    def end_connections(self) -> None:
        for connection in tuple(self._connections):
            _shut(connection)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is an ordinary event here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Answers leave in one piece: see `holdfast.sandbox.joined_answers`. Two would also wait for each other (Nagle).
    wbufsize = -1

    @property
    def _faults(self) -> _Server:
        assert isinstance(self.server, _Server)
        return self.server

    @override
    def setup(self) -> None:
        super().setup()
        self._faults.keep(self.connection)
        address = urlsplit(self._faults.proxy.upstream)
        self._upstream = http.client.HTTPConnection(
            address.netloc, timeout=UPSTREAM_TIMEOUT_SECONDS
        )

    @override
    def finish(self) -> None:
        self._upstream.close()
        self._faults.discard(self.connection)
        super().finish()

    @override
    def handle_expect_100(self) -> bool:
        """Say at once that the body may come."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to standard error."""

    def do_GET(self) -> None:
        request = Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
        )
        action = self._faults.proxy.record(request)
        match action:
            case Refuse():
                self._send(error_response(request, action))
            case Answer():
                self._send(action.response)
            case DropBefore():
                self._drop()
            case DropAfter():
                self._forward(request)
                self._drop()
            case Delay():
                time.sleep(action.before_seconds)
                response = self._forward(request)
                time.sleep(action.after_seconds)
                self._send(response)
            case Late(arrival):
                self._forward_late(request, arrival)
            case WithoutHeader():
                self._send(self._forward(request, without=action.name))
            case None:
                self._send(self._forward(request))
            case _:
                assert_never(action)

    do_DELETE = do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server looks for

    def _forward_late(self, request: Request, arrival: Arrival) -> None:
        arrival.expect()
        try:
            self._drop()
            arrival.wait()
            self._forward(request)
        finally:
            arrival.served()

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _forward(self, request: Request, *, without: str = "") -> Response:
        left_out = (*_NOT_PASSED_ON, without.lower())
        headers = {name: value for name, value in request.headers.items() if name not in left_out}
        headers["content-length"] = str(len(request.body))
        self._upstream.request(request.method, request.target, request.body, headers)
        answer = self._upstream.getresponse()
        return Response(status=answer.status, headers=dict(answer.getheaders()), body=answer.read())

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        length = str(len(response.body))
        for name, value in response.headers.items():
            if name.lower() == "content-length":
                length = value
            elif name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(response.body)

    def _drop(self) -> None:
        self.close_connection = True
        _shut(self.connection)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It is closed already, which is what is wanted.
