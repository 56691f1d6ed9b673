"""The command line on a terminal of the test's own: what appears on it, and what is typed."""

import os
import pty
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.worlds import World, holdfast_command

PATIENCE_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class Screen:
    """A running command and the terminal that it is on; `seen` is all that has appeared."""

    process: subprocess.Popen[bytes]
    descriptor: int
    seen: str = ""

    def read_until(self, text: str | None) -> None:
        """Read what appears, up to a text that is new, or to the end."""
        begin = len(self.seen)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text is None or text not in self.seen[begin:]:
            assert time.monotonic() < deadline, self.seen
            try:
                chunk = os.read(self.descriptor, 4096)
            except OSError:  # the other end is closed
                return
            if not chunk:
                return
            self.seen += chunk.decode(errors="replace")

    def write(self, text: str) -> None:
        """Type a text."""
        os.write(self.descriptor, text.encode())

    def status(self) -> int:
        """Read to the end, and return the exit code."""
        self.read_until(None)
        return self.process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def on_screen(world: World, *arguments: str) -> Iterator[Screen]:
    """Start the command line on a terminal; it is ended with the block."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        holdfast_command(*arguments),
        cwd=world.repository,
        env={**world.environment(), "NO_COLOR": "1", "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield Screen(process=process, descriptor=ours)
        finally:
            process.kill()
            os.close(ours)
