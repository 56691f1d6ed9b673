"""Questions: bounded, asked once, answered on one thread, and never in the way of an interrupt."""

import threading
from collections.abc import Iterator

import pytest

from holdfast.app.observe_asking import Answer, Questions
from holdfast.aws.connections import Connections

WAIT_SECONDS = 20  # only a failing test waits that long


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections() as opened:
        yield opened


def double(connections: Connections, number: int) -> int:
    del connections
    return 2 * number


def test_every_answer_arrives_on_the_asking_thread(connections: Connections) -> None:
    received: list[tuple[int, bool]] = []
    here = threading.get_ident()

    def receive(answer: Answer[int]) -> None:
        received.append((answer.value, threading.get_ident() == here))

    with Questions(connections, workers_max=4) as questions:
        for number in range(50):
            questions.ask(double, number, receive)
        questions.run()

    assert sorted(received) == [(2 * number, True) for number in range(50)]


def test_as_many_as_allowed_run_at_the_same_time_and_never_more(connections: Connections) -> None:
    together = threading.Barrier(3)
    guard = threading.Lock()
    running: list[int] = [0, 0]

    def read(connections: Connections, number: int) -> int:
        del connections
        with guard:
            running[0] += 1
            running[1] = max(running)
        together.wait(WAIT_SECONDS)  # passes only when three are here at once
        with guard:
            running[0] -= 1
        return number

    answers: list[int] = []
    with Questions(connections, workers_max=3) as questions:
        for number in range(9):
            questions.ask(read, number, lambda answer: answers.append(answer.value))
        questions.run()

    assert (sorted(answers), running[1]) == (list(range(9)), 3)


def test_a_single_worker_is_enough_for_questions_that_follow_from_answers(
    connections: Connections,
) -> None:
    answers: list[int] = []
    with Questions(connections, workers_max=1) as questions:

        def follow(answer: Answer[int]) -> None:
            answers.append(answer.value)
            if answer.value < 100:
                questions.ask(double, answer.value, follow)

        questions.ask(double, 1, follow)
        questions.run()

    assert answers == [2, 4, 8, 16, 32, 64, 128]


def test_the_same_question_is_asked_once_before_and_after_its_answer(
    connections: Connections,
) -> None:
    asked: list[int] = []
    received: list[str] = []

    def read(connections: Connections, number: int) -> int:
        del connections
        asked.append(number)
        return number

    with Questions(connections, workers_max=2) as questions:

        def again(answer: Answer[int]) -> None:
            received.append("first")
            questions.ask(read, answer.value, lambda _: received.append("after"))

        questions.ask(read, 7, again)
        questions.ask(read, 7, lambda _: received.append("beside"))
        questions.run()

    assert (asked, received) == ([7], ["first", "beside", "after"])


def test_what_a_read_raises_is_raised_where_the_answers_are_handed_out(
    connections: Connections,
) -> None:
    def read(connections: Connections, number: int) -> int:
        del connections
        raise ZeroDivisionError(number)

    with Questions(connections, workers_max=2) as questions:
        questions.ask(read, 7, lambda _: None)
        with pytest.raises(ZeroDivisionError, match="7"):
            questions.run()


def test_an_interrupt_does_not_wait_for_an_endpoint_that_does_not_answer(
    connections: Connections,
) -> None:
    silent = threading.Event()
    blocked = threading.Event()
    let_go = threading.Event()

    def hang(connections: Connections, number: int) -> int:
        del connections
        blocked.set()
        silent.wait(WAIT_SECONDS)
        let_go.set()
        return number

    def interrupt(answer: Answer[int]) -> None:
        raise KeyboardInterrupt(answer.value)

    def observe() -> None:
        with Questions(connections, workers_max=2) as questions:
            questions.ask(hang, 1, lambda _: None)
            assert blocked.wait(WAIT_SECONDS)
            questions.ask(double, 1, interrupt)
            questions.run()

    with pytest.raises(KeyboardInterrupt):
        observe()

    assert not let_go.is_set()  # it is over, and the endpoint has not answered yet
    silent.set()
    assert let_go.wait(WAIT_SECONDS)
