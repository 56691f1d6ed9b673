"""The child process of the default provider: ministack on the loopback interface.

It prints one line of JSON with its address and ends when its standard input closes. See `provider`.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading

from holdfast.sandbox.provider import ServerOptions

KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 0.2


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m holdfast.sandbox.server")
    parser.add_argument("--latency-milliseconds", type=float, default=0)
    parser.add_argument("--enforce-iam", action="store_true")
    arguments = parser.parse_args()
    options = ServerOptions(
        latency_milliseconds=arguments.latency_milliseconds, enforce_iam=arguments.enforce_iam
    )
    # Ctrl-C is for the command that uses the server; the closed pipe says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    asyncio.run(_serve(listener, options))


async def _serve(listener: socket.socket, options: ServerOptions) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from holdfast.sandbox.host_names import HostNames
    from holdfast.sandbox.joined_answers import join_answers
    from holdfast.sandbox.ministack_application import application, settings

    join_answers()
    os.environ.update(settings(options))
    served = HostNames(application(options))
    config = Config()
    port = listener.getsockname()[1]
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = GRACE_SECONDS
    config.loglevel = "ERROR"
    closed = asyncio.Event()
    _watch_input(asyncio.get_running_loop(), closed)
    # The socket listens already: a request that comes before the loop turns is only kept waiting.
    announcement = {"url": f"http://127.0.0.1:{port}"}
    sys.stdout.write(json.dumps(announcement) + "\n")
    sys.stdout.flush()
    await serve(served, config, shutdown_trigger=closed.wait)


def _watch_input(loop: asyncio.AbstractEventLoop, closed: asyncio.Event) -> None:
    """Set the event once standard input is at its end."""

    def wait() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=wait, daemon=True, name="standard-input").start()


if __name__ == "__main__":
    main()
