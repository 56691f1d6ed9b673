"""Checkouts in which somebody works: a real engine applies in a loop, and is initialised again when the code says so."""

import itertools
import queue
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.real_terraform import Finished, Terraform

DEFAULT = "default"
PATIENCE = "-lock-timeout=300s"
END_SECONDS = 120.0
AT_A_TIME = 3
TRIES = 5
# Each apply changes what the state holds, so that its write can be told from every other.
CODE = """\
variable "token" {
  type    = string
  default = "none"
}

resource "terraform_data" "last" {
  input = var.token
}

output "token" {
  value = terraform_data.last.output
}
"""
CODE_CHANGED = "Backend initialization required"
# The engine was refused, looked for the holder, and the lock was gone: it does not try again (terraform#32690).
GONE_MEANWHILE = re.compile(
    r"Error acquiring the state lock.*(NoSuchKey|unexpected end of JSON input)", re.DOTALL
)
_tokens = itertools.count(1)


class Work:
    """What was done by everybody, in the order in which it ended; others wait here for more of it."""

    def __init__(self) -> None:
        self.applied: list[
            tuple[str, str]
        ] = []  # the key of a state, and the token that it was given
        self.events: Counter[str] = Counter()
        self.failures: list[str] = []
        self._changed = threading.Condition()

    def note_applied(self, key: str, token: str) -> None:
        with self._changed:
            self.applied.append((key, token))
            self.events["applied"] += 1
            self._changed.notify_all()

    def note_event(self, name: str) -> None:
        with self._changed:
            self.events[name] += 1

    def note_failure(self, words: str) -> None:
        with self._changed:
            self.failures.append(words)
            self._changed.notify_all()

    def wait_for_each(self, keys: Iterable[str], *, count: int) -> None:
        """Wait until every state was written so many times from now on, or something failed."""
        with self._changed:
            before = Counter(key for key, _ in self.applied)

            def is_done() -> bool:
                now = Counter(key for key, _ in self.applied)
                return bool(self.failures) or all(now[key] >= before[key] + count for key in keys)

            assert self._changed.wait_for(is_done, END_SECONDS), "the engines do not get on"
        self.assert_well()

    def assert_well(self) -> None:
        assert self.failures == [], "\n".join(self.failures)


@dataclass(slots=True, kw_only=True)
class Checkout:
    """A directory with a root, in which one person works on each workspace in turn; `keys` are those of the states."""

    terraform: Terraform
    keys: tuple[tuple[str, str], ...]  # of a workspace and its state
    work: Work
    _selected: str = DEFAULT

    def initialise(self) -> None:
        """Initialise it as users do after the code has changed."""
        self.terraform.succeed("init", "-reconfigure", "-input=false", "-no-color")

    def make_workspaces(self) -> None:
        for name, _ in self.keys:
            if name != DEFAULT:
                self.terraform.succeed("workspace", "new", name)
                self._selected = name

    def take_turn(self) -> None:
        """Apply once in each workspace; what nobody expects is noted."""
        try:
            for workspace, key in self.keys:
                self._work_in(workspace, key)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            self.work.note_failure(f"{self.terraform.directory}: {error!r}")

    def _work_in(self, workspace: str, key: str) -> None:
        if workspace != self._selected:
            self._succeed(lambda: self.terraform.run("workspace", "select", workspace))
            self._selected = workspace
        token = f"token-{next(_tokens)}"
        if self._succeed(lambda: self.apply(token)):
            self.work.note_applied(key, token)

    def _succeed(self, act: Callable[[], Finished]) -> bool:
        """Do something, and once more when the code has changed or the lock was gone; tell whether it was done."""
        done = act()
        for _ in range(TRIES):
            if done.status == 0:
                return True
            if CODE_CHANGED in done.errors:
                self.initialise()
                self.work.note_event("initialised again")
            elif GONE_MEANWHILE.search(done.errors):
                self.work.note_event("lock gone meanwhile")
            else:
                break
            done = act()
        self.work.note_failure(f"{self.terraform.directory}: {done.errors}")
        return False

    def apply(self, token: str, *, patience: str = PATIENCE) -> Finished:
        return self.terraform.run(
            *("apply", "-auto-approve", "-input=false", "-no-color", patience),
            f"-var=token={token}",
        )


@contextmanager
def working(checkouts: Iterable[Checkout], work: Work) -> Iterator[None]:
    """Have somebody work in every checkout, one after the other and so many at a time, until the `with` block ends."""
    waiting = queue.SimpleQueue[Checkout]()
    for each in checkouts:
        waiting.put(each)

    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            checkout = waiting.get()
            checkout.take_turn()
            waiting.put(checkout)

    threads = [threading.Thread(target=run, name="engineer") for _ in range(AT_A_TIME)]
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    work.assert_well()
