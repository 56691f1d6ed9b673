"""Run as a script: command lines, each in a process that SIGKILL ends just before one of its changes.

Every line of the input is a JSON list: the number of the change (0: none, it ends by itself), a directory, and the
arguments. Every line of the output is a JSON list: the exit status, and what was said on standard error. A change is a
request that writes, or a file below the directory that is opened for writing, renamed or removed. The processes are
forked from one that has imported everything, which takes a fraction of the time of a new interpreter.
"""

import importlib
import json
import os
import pkgutil
import signal
import sys
import tempfile
from pathlib import Path

import holdfast

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


def become(number: int, directory: str, arguments: list[str]) -> None:
    """Be the command, until it is killed."""
    left = [number]
    top = str(Path(directory).resolve())

    def kill(event: str, details: tuple[object, ...]) -> None:
        if is_change(event, details, top):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    from holdfast.cli.main import run  # noqa: PLC0415 - only the child is the command

    status = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def status_of(number: int, directory: str, arguments: list[str]) -> tuple[int, str]:
    """Run one command in a process of its own; return its status and what it said."""
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor, source in ((0, nothing), (1, nothing), (2, errors.fileno())):
                os.dup2(source, descriptor)
            become(number, directory, arguments)
        _, status = os.waitpid(child, 0)
        errors.seek(0)
        return os.waitstatus_to_exitcode(status), errors.read().decode(errors="replace")


def main() -> None:
    """Import everything, and run what the lines say."""
    importlib.import_module("boto3")
    for each in pkgutil.walk_packages(holdfast.__path__, "holdfast."):
        if not each.name.startswith(("holdfast.sandbox", "holdfast.__main__")):
            importlib.import_module(each.name)
    for line in sys.stdin:
        number, directory, *arguments = json.loads(line)
        sys.stdout.write(f"{json.dumps(status_of(number, directory, arguments))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
