"""The error that all others are, and the exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the command, as documented."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    CHANGES_PENDING = 4
    LOCKED = 5
    INCOMPLETE = 6
    INTERRUPTED = 130


class HoldfastError(Exception):
    """Carry what a user must know: what happened, facts, the state of the world, what to do next.

    `facts` are aligned label/value pairs, `world` says what was and was not changed, `hints` are next steps.
    """

    slug: ClassVar[str] = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(
        self,
        headline: str,
        *,
        facts: Sequence[tuple[str, str]] = (),
        world: str = "",
        hints: Sequence[str] = (),
    ) -> None:
        super().__init__(headline)
        self.headline = headline
        self.facts = tuple(facts)
        self.world = world
        self.hints = tuple(hints)
