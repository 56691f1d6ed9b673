"""What applying a plan tells while it runs, and what it has told in the end. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from holdfast.core.plans import PlannedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What a person has allowed: steps by identifier, and accounts in which something may be created.

    An identifier allows that step on every backend of the plan.
    """

    steps: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAddress:
    """Which step of the plan: the backend's name, the step, and its number from 1 up to `total`."""

    backend: str
    planned: PlannedStep
    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step is under way."""

    address: StepAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """A step has changed something, and it was read back. `finished` steps of the plan are through."""

    address: StepAddress
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped:
    """A step had nothing to change: its goal was there already."""

    address: StepAddress
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """A step could not be done; `words` say why. Later steps of the same chain are not run."""

    address: StepAddress
    finished: int
    words: str


ApplyEvent: TypeAlias = StepStarted | StepDone | StepSkipped | StepFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLeftOut:
    """A step that must be confirmed by name and was not, or that comes after such a one; not numbered."""

    backend: str
    planned: PlannedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyResult:
    """What a run that went well has done: each step that ran changed something or had nothing to change."""

    done: tuple[StepAddress, ...]
    skipped: tuple[StepAddress, ...]
    left_out: tuple[StepLeftOut, ...] = ()

    @property
    def step_count(self) -> int:
        """Count the steps that ran."""
        return len(self.done) + len(self.skipped)
