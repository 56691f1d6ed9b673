"""Run as a script: the command line, until SIGKILL ends it just before one of its changes.

`python -m tests.support.killed_command NUMBER DIRECTORY ARGUMENTS...`: a change is a request that writes, or a file below
the directory that is opened for writing, renamed or removed. A run with fewer changes ends by itself.
"""

import os
import signal
import sys
from pathlib import Path

CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Events of Python's audit table, and which of their arguments is the path that is meant.
FILE_EVENTS = {"os.rename": 0, "os.remove": 0, "os.link": 1}
WRITES = (b"PUT /", b"DELETE /", b"DynamoDB_20120810.PutItem", b"DynamoDB_20120810.DeleteItem")


def is_change(event: str, arguments: tuple[object, ...], directory: str) -> bool:
    """Tell whether an audit event is a change: each is raised just before the system is asked."""
    if event == "http.client.send":
        data = arguments[1]
        return isinstance(data, bytes) and any(each in data for each in WRITES)
    if event == "open":
        path, _, flags = arguments
        return isinstance(flags, int) and bool(flags & CHANGING) and _is_below(path, directory)
    return event in FILE_EVENTS and _is_below(arguments[FILE_EVENTS[event]], directory)


def _is_below(path: object, directory: str) -> bool:
    if not isinstance(path, str | bytes | Path):
        return False
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no call that is audited itself
    return name.startswith(f"{directory}/")


def main() -> None:
    """Run the command line with what follows the number and the directory."""
    number, directory, *arguments = sys.argv[1:]
    left = [int(number)]
    top = str(Path(directory).resolve())

    def kill(event: str, details: tuple[object, ...]) -> None:
        if is_change(event, details, top):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    from holdfast.cli.main import run  # noqa: PLC0415 - its imports are no part of the command

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
