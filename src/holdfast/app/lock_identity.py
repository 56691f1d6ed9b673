"""Whose locks we take: name, version, clock and chance, given by the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from holdfast.core.lock_info import IDENTIFIER_BYTES, LockInfo, created_text, lock_identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class LockIdentity:
    """What is written into every lock of this run.

    `who` is `user@host`; `version` is shown by the engines as that of the holder. `clock` gives nanoseconds
    since 1970 UTC (`time.time_ns`), `random` that many random bytes (`os.urandom`).
    """

    who: str
    version: str
    clock: Callable[[], int]
    random: Callable[[int], bytes]

    def sign(self, *, operation: str, info: str, path: str) -> LockInfo:
        """Make the information of a new lock, with an identifier that no other lock has."""
        return LockInfo(
            identifier=lock_identifier(self.random(IDENTIFIER_BYTES)),
            operation=operation,
            info=info,
            who=self.who,
            version=self.version,
            created=created_text(self.clock()),
            path=path,
        )
