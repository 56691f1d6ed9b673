"""Run as a script: moto's server, with its requests handled one at a time.

moto evaluates a condition and writes in two steps without a lock, so stock moto lets two writers win. Here
requests are read in full and then handled one after the other. See `holdfast.sandbox.provider` for what a
provider's child process must do.
"""

import io
import json
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

_ACCOUNT = re.compile(r"Credential=(\d{12})/")


class OneAtATime:
    """A WSGI application that handles one request at a time.

    A 12-digit access key id selects the account, as in ministack: moto takes the account from a header.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._guard = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Read the request without the lock, and hold the lock until the whole answer is there."""
        length = environ.get("CONTENT_LENGTH")
        if length or environ.get("wsgi.input_terminated"):
            stream = environ["wsgi.input"]
            body = stream.read(int(length)) if length else stream.read()
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        named = _ACCOUNT.search(environ.get("HTTP_AUTHORIZATION", ""))
        if named:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = named.group(1)
        with self._guard:
            answer = self._application(environ, start_response)
            parts = list(answer)
            close: Callable[[], None] | None = getattr(answer, "close", None)
            if close is not None:
                close()
            return parts


def main() -> None:
    """Serve on the loopback interface until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    application = OneAtATime(DomainDispatcherApplication(create_backend_app))
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
