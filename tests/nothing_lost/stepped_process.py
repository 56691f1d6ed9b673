"""Run the command line in a process that asks before each change of a file, so that it can be ended right there.

The process is forked from a server that has imported everything, which takes a tenth of the time of a new interpreter.
It has the working directory, the environment and the outputs of its own that a shell would give it.
"""

import multiprocessing
import os
import pkgutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Literal

import holdfast

Answer = Literal["go on", "refuse"]

# All of Holdfast that is no program of its own, and what it imports late.
PRELOADED = [
    "tests.nothing_lost.stepped_process",
    *("boto3", "botocore.session", "botocore.awsrequest", "botocore.auth", "tree_sitter_hcl"),
    *(
        each.name
        for each in pkgutil.walk_packages(holdfast.__path__, "holdfast.")
        if not each.name.startswith(("holdfast.sandbox", "holdfast.__main__"))
    ),
]
CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events of Python's audit table, each raised just before the system is asked, and which of their paths is meant.
EVENTS = {
    "os.chmod": 0,
    "os.link": 1,
    "os.mkdir": 0,
    "os.remove": 0,
    "os.rename": 1,
    "os.rmdir": 0,
    "os.symlink": 1,
    "os.truncate": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is run: the arguments, where, and below which directories changes of files are steps."""

    arguments: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    watched: tuple[Path, ...]
    output: Path
    errors: Path


def forking() -> ForkServerContext:
    """Return what starts processes with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def run_stepped(job: Job, channel: Connection) -> None:
    """Become the command: exit with its status."""
    os.environ.clear()
    os.environ.update(job.environment)
    os.chdir(job.directory)
    _redirect(job)
    _Asking(job.watched, channel).install()
    from holdfast.cli.main import run  # noqa: PLC0415 - only the child is the command

    sys.exit(run(job.arguments))


def _redirect(job: Job) -> None:
    for path, descriptor in (
        (Path(os.devnull), 0),
        (job.output, 1),
        (job.errors, 2),
    ):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, closefd=False),
        os.fdopen(1, "w", encoding="utf-8", closefd=False),
        os.fdopen(2, "w", encoding="utf-8", closefd=False),
    )


class _Asking:
    """Tell the test of each change of a file before it is made, and wait for its answer."""

    def __init__(self, watched: tuple[Path, ...], channel: Connection) -> None:
        self._watched = tuple(str(each.resolve()) for each in watched)
        self._channel = channel
        self._asks = False

    def install(self) -> None:
        sys.addaudithook(self._hook)
        # What the audit table leaves out. They are the system's, not ours: the command notices nothing.
        for name in ("write", "fsync"):
            setattr(os, name, self._stepped(name, getattr(os, name)))

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & CHANGING:
                self._ask("open", path)
        elif event in EVENTS:
            self._ask(event.removeprefix("os."), arguments[EVENTS[event]])

    def _stepped(self, name: str, call: Callable[..., object]) -> Callable[..., object]:
        def stepped(descriptor: int, *rest: object) -> object:
            if not self._asks:
                self._ask(name, Path(f"/proc/self/fd/{descriptor}").readlink())
            return call(descriptor, *rest)

        return stepped

    def _ask(self, change: str, path: object) -> None:
        if self._asks or not isinstance(path, str | bytes | Path):
            return
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no call that is audited itself
        if not name.startswith(self._watched):
            return
        self._asks = True
        try:
            self._channel.send((change, name))
            answer: Answer = self._channel.recv()
        finally:
            self._asks = False
        if answer == "refuse":
            raise PermissionError(13, "Permission denied", name)
