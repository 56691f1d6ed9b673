"""Whose locks we take: name, version, clock and chance, given by the command line or taken of the process."""

from __future__ import annotations

import os
import pwd
import socket
import time
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


def identity_of_process(version: str) -> LockIdentity:
    """Return the identity of this process: its user and host, the system's clock and chance.

    As in the engines (Terraform 1.11.4, `NewLockInfo`), the user is the one that the process runs as, and
    left empty when it has no name: a container may run under a number that nobody gave one.
    """
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        user = ""
    return LockIdentity(
        who=f"{user}@{socket.gethostname()}",
        version=version,
        clock=time.time_ns,
        random=os.urandom,
    )
