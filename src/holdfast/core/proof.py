"""Proofs: what `holdfast prove` did on a backend, step by step, and the verdict that follows.

Values only; `app/prove.py` makes them. A verdict is never stored: it follows from the steps, so that
a step which could not be judged can never come out as EXCLUDES.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from holdfast.core.backends import Backend, Locking
from holdfast.core.facts import Withheld
from holdfast.core.findings import Evidence
from holdfast.core.lock_info import LockInfo
from holdfast.core.locks import LockKind

PROVE_PREFIX = ".holdfast/prove/"
PROVE_OPERATION = "holdfast-prove"
PROVE_INFO = "scratch lock of `holdfast prove`; it guards no state and may be removed"


class ProofVerdict(StrEnum):
    """Say what was shown about locking on a backend, or in one of its modes."""

    EXCLUDES = "EXCLUDES"
    UNSAFE = "UNSAFE"
    CANNOT_TELL = "CANNOT TELL"


class ProofStep(StrEnum):
    """Name the steps of a proof, in order."""

    REFUSAL = "a second lock is refused"
    WRONG_RELEASE = "a release with a wrong id is refused"
    RELEASE = "a release frees the lock"
    RELOCK = "a freed lock can be taken again, once"
    RACE = "one contender wins each round"
    CLEAN_UP = "nothing is left behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The step went as locking must go. `kind` is None for steps over all locks of the mode."""

    step: ProofStep
    kind: LockKind | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violated:
    """The step showed that locking does not work, with what was seen."""

    step: ProofStep
    kind: LockKind | None
    words: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """The step could not be judged: what it needed to see was withheld."""

    step: ProofStep
    kind: LockKind | None
    withheld: Withheld


StepResult: TypeAlias = Passed | Violated | Undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeProof:
    """The proof of one locking mode with one table, on one scratch key.

    `contenders` and `rounds` are what was asked for. `left` names scratch locks that could not be removed.
    """

    mode: Locking
    table: str | None
    key: str
    contenders: int
    rounds: int
    steps: tuple[StepResult, ...]
    left: tuple[str, ...] = ()

    @property
    def verdict(self) -> ProofVerdict:
        """Return UNSAFE for any violation, else CANNOT TELL for anything undecided."""
        if any(isinstance(step, Violated) for step in self.steps):
            return ProofVerdict.UNSAFE
        if not self.steps or any(isinstance(step, Undecided) for step in self.steps):
            return ProofVerdict.CANNOT_TELL
        return ProofVerdict.EXCLUDES


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A scratch lock of an earlier run that was killed, and what became of it."""

    kind: LockKind
    key: str
    holder: LockInfo
    removed: bool
    words: str  # `removed`, `younger than 15 minutes: left alone`, or why it is still there


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything that was shown about one backend.

    `notes` are sentences that change no verdict: what was not looked for, what stays as old versions.
    """

    backend: Backend
    region: str | None
    modes: tuple[ModeProof, ...]
    leftovers: tuple[Leftover, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> ProofVerdict:
        """Return the worst verdict of the modes; UNSAFE without any, since nothing then locks."""
        verdicts = {mode.verdict for mode in self.modes}
        if ProofVerdict.UNSAFE in verdicts or not verdicts:
            return ProofVerdict.UNSAFE
        if ProofVerdict.CANNOT_TELL in verdicts:
            return ProofVerdict.CANNOT_TELL
        return ProofVerdict.EXCLUDES


def is_scratch(info: LockInfo, path: str) -> bool:
    """Tell whether a lock is a scratch lock of `prove`: its own operation, and the path it lies under."""
    return info.operation == PROVE_OPERATION and info.path == path
