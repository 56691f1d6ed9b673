"""The answers to a question about a policy: yes, no, and what depends on something that is not known. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Answer(Enum):
    """Say whether something holds."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"

    @classmethod
    def of(cls, *, holds: bool) -> Answer:
        """Return the answer to a question that can be decided."""
        return cls.YES if holds else cls.NO

    def negated(self) -> Answer:
        """Return the answer to the opposite question."""
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(self, Answer.MAYBE)


def all_hold(answers: Iterable[Answer]) -> Answer:
    """Return whether all of them hold."""
    found = set(answers)
    if Answer.NO in found:
        return Answer.NO
    return Answer.MAYBE if Answer.MAYBE in found else Answer.YES


def any_holds(answers: Iterable[Answer]) -> Answer:
    """Return whether one of them holds."""
    return all_hold(answer.negated() for answer in answers).negated()
