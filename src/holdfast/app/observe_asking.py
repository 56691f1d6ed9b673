"""Ask many questions at once: a bounded number of threads, every question once, answers in one place.

Questions run on worker threads; what is done with an answer runs on the thread that observes. So no
worker ever waits for another question (which is how bounded pools lock up), and what is put together from
answers needs no locks. The workers are daemon threads: an interrupted command does not wait for a
slow endpoint.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar, cast

from holdfast.aws.connections import Connections

Address = TypeVar("Address", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Value]):
    """The value of a question, and how many requests it took."""

    value: Value
    requests: int


class Ask(Protocol):
    """Ask a read of an address and give its value to a function, later."""

    def __call__(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Value], None],
        /,
    ) -> None:
        """Ask; `then` is called on the observing thread."""
        ...


@dataclass(slots=True)
class Question:
    """One question: how it is asked, who waits for it, and its answer once `run` has taken it."""

    ask: Callable[[], object]
    waiting: list[Callable[[Answer[object]], None]]
    answer: Answer[object] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker hands back: an answer, or what the read raised."""

    question: Question
    result: Answer[object] | BaseException


class Questions:
    """Ask questions of the cloud, each once per run, at most `workers_max` at the same time."""

    def __init__(self, connections: Connections, *, workers_max: int) -> None:
        self._connections = connections
        self._workers_max = workers_max
        self._workers: list[threading.Thread] = []
        self._asked: dict[tuple[Hashable, Hashable], Question] = {}
        self._queue: SimpleQueue[Question | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._repeats: deque[Question] = deque()
        self._open = 0
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the workers end; nobody waits for one that still waits for an endpoint."""
        self._stopped = True
        for _ in self._workers:
            self._queue.put(None)

    def ask(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Answer[Value]], None],
    ) -> None:
        """Ask `read` of `address`; `then` gets the answer while `run` runs, never earlier.

        The same read of the same address is asked once; the answer costs requests only the first time.
        """
        receive = cast("Callable[[Answer[object]], None]", then)
        question = self._asked.get((read, address))
        if question is not None:
            question.waiting.append(receive)
            if question.answer is not None:
                self._repeats.append(question)
            return
        question = Question(ask=partial(read, self._connections, address), waiting=[receive])
        self._asked[read, address] = question
        self._send(question)

    def ask_unshared(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Answer[Value]], None],
    ) -> None:
        """Ask as `ask` does, and forget the answer: for pages, of which none is asked for twice."""
        receive = cast("Callable[[Answer[object]], None]", then)
        self._send(Question(ask=partial(read, self._connections, address), waiting=[receive]))

    def _send(self, question: Question) -> None:
        self._open += 1
        self._queue.put(question)
        if len(self._workers) < min(self._workers_max, self._open):
            self._start_worker()

    def run(self) -> None:
        """Hand out answers until no question is open; what a read raises is raised here."""
        if self._open:
            # While the first answers are on their way: what follows from them then waits for no thread.
            while len(self._workers) < self._workers_max:
                self._start_worker()
        while self._open or self._repeats:
            if self._repeats:
                question = self._repeats.popleft()
            else:
                outcome = self._outcomes.get()
                self._open -= 1
                if isinstance(outcome.result, BaseException):
                    raise outcome.result
                question = outcome.question
                question.answer = outcome.result
            if question.answer is not None:
                self._hand_out(question, question.answer)

    def _hand_out(self, question: Question, answer: Answer[object]) -> None:
        waiting, question.waiting = question.waiting, []
        question.answer = Answer(answer.value, 0)
        for index, receive in enumerate(waiting):
            receive(answer if index == 0 else question.answer)

    def _start_worker(self) -> None:
        worker = threading.Thread(target=self._work, name="holdfast-read", daemon=True)
        self._workers.append(worker)
        worker.start()

    def _work(self) -> None:
        while (question := self._queue.get()) is not None and not self._stopped:
            before = self._connections.requests_of_thread
            result: Answer[object] | BaseException
            try:
                value = question.ask()
            except BaseException as error:  # noqa: BLE001 - `run` raises it on the observing thread
                result = error
            else:
                result = Answer(value, self._connections.requests_of_thread - before)
            self._outcomes.put(Outcome(question, result))
