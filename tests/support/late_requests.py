"""Requests whose client has given up, and that reach the server when a test lets them: no clock decides it."""

import threading

END_SECONDS = 30.0


class Arrival:
    """A gate for requests that are under way: shut at first, and open for good once they may arrive."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self._changed = threading.Condition()
        self._under_way = 0

    def expect(self) -> None:
        """Take note of a request, before its client is told that nothing will come."""
        with self._changed:
            self._under_way += 1

    def wait(self) -> None:
        """Wait until the request may go on."""
        self._gate.wait()

    def served(self) -> None:
        """Take note that the server has done with a request."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def let_go(self) -> None:
        """Let every request go on, and wait for none of them."""
        self._gate.set()

    def arrive(self) -> None:
        """Let every request arrive that is under way, and wait until the server has done with all of them."""
        self.let_go()
        with self._changed:
            done = self._changed.wait_for(lambda: self._under_way == 0, timeout=END_SECONDS)
        assert done, "a late request never arrived"
