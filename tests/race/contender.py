"""Run as a script: one process that contends for one lock, with the library's own code.

It reads its job from its first line of input, says `ready`, waits for the second line, and prints its tally at the end.
"""

import os
import sys
import time

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_stores import stores_for
from holdfast.app.lock_taking import HeldPart, release_parts
from holdfast.app.state_lock import StateLock
from holdfast.aws.connections import Connections
from holdfast.core.backends import Access, Backend, Endpoints
from holdfast.core.facts import Known
from holdfast.core.lock_info import lock_identifier
from holdfast.core.locks import LockKind, LockObjectSettings, LockStore, StoredLock
from holdfast.errors import (
    HalfLockError,
    HoldfastError,
    LockLostError,
    LockNotReleasedError,
    LockUnclearError,
)
from tests.race.careless import CarelessStore
from tests.race.job import Job, Tally
from tests.race.witness import entered

REGION = "us-east-1"
# How often a contender looks for a lock of its own that it has reported, before it leaves it.
LOOKS_MAX = 50
# No request is under way for longer: the faults delay by less.
LATE_SECONDS = 0.1
# Waits are this much shorter than a user's, so that the contenders race and do not sleep.
HASTE = 50
LEFT_BEHIND = (HalfLockError, LockNotReleasedError, LockUnclearError)


def main() -> None:
    """Contend as the first line of input says, from the second line on."""
    job = Job.from_json(sys.stdin.readline())
    with Connections(attempts_max=1, pause=hurry) as connections:
        contender = Contender(job, connections)
        say("ready")
        sys.stdin.readline()
        contender.run()
    say(contender.tally.to_json())


def hurry(seconds: float) -> None:
    """Wait, but not for as long as a user would."""
    time.sleep(seconds / HASTE)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Contender:
    """One that wants the lock again and again, each time with a single try."""

    def __init__(self, job: Job, connections: Connections) -> None:
        self.job = job
        self.tally = Tally()
        self._stores = stores_of(job, connections)
        self._chance = b""
        self._identity = LockIdentity(
            who=f"{job.name}@race", version="0.0.0", clock=time.time_ns, random=self._random
        )

    @property
    def _identifier(self) -> str:
        """The id of the last lock that was signed."""
        return lock_identifier(self._chance)

    def run(self) -> None:
        """Contend until the lock was held as often as the job says."""
        while self.tally.acquired < self.job.acquisitions:
            if self.tally.attempts == self.job.attempts_max:
                return
            self.tally.attempts += 1
            self._attempt()

    def _attempt(self) -> None:
        lock = StateLock(
            stores=self._stores,
            bucket=self.job.bucket,
            key=self.job.key,
            identity=self._identity,
            operation="race",
            late_seconds=LATE_SECONDS,
            pause=hurry,
        )
        try:
            info = lock.acquire()
        except HoldfastError as error:
            self.tally.refusals[error.slug] += 1
            self._heed(error)
            return
        self.tally.acquired += 1
        with entered(self.job.witness) as alone:
            self.tally.crowded += not alone
            for store in self._stores:
                current = store.read(self.job.key)
                if isinstance(current, Known) and not mine(current.value, info.identifier):
                    self.tally.foreign += 1
        try:
            lock.release()
        except LockLostError:
            self.tally.foreign += 1
        except HoldfastError as error:
            self._heed(error)

    def _heed(self, error: HoldfastError) -> None:
        """Do as an error says that names a lock of ours which is or may be left: remove it."""
        identifier = self._identifier
        if isinstance(error, LEFT_BEHIND) and identifier in f"{error.headline} {error.facts}":
            self.tally.reported.append(identifier)
            if not self._removed(identifier):
                self.tally.unsettled.append(identifier)

    def _removed(self, identifier: str) -> bool:
        """Look for the lock, and give it back where it is, until it is seen nowhere."""
        for _ in range(LOOKS_MAX):
            seen = [(store, store.read(self.job.key)) for store in self._stores]
            left = [
                HeldPart(store=store, lock=current.value)
                for store, current in seen
                if isinstance(current, Known) and current.value and mine(current.value, identifier)
            ]
            if not left and all(isinstance(current, Known) for _, current in seen):
                return True
            release_parts(left, self.job.key)
        return False

    def _random(self, size: int) -> bytes:
        self._chance = os.urandom(size)
        return self._chance


def mine(lock: StoredLock | None, identifier: str) -> bool:
    """Tell whether a lock that was read is the one with this id."""
    return lock is not None and lock.holder is not None and lock.holder.identifier == identifier


def stores_of(job: Job, connections: Connections) -> tuple[LockStore, ...]:
    """Return the stores of the mode, in the order in which they are locked."""
    backend = Backend(
        name="race",
        bucket=job.bucket,
        region=REGION,
        tables=(job.table,),
        locking=job.locking,
        access=Access(endpoints=Endpoints(s3=job.url, dynamodb=job.url), path_style=True),
        account=None,
        declared=True,
        uses=(),
    )
    stores = tuple(
        store
        for store in stores_for(backend, job.key, connections, LockObjectSettings())
        if (job.locking.uses_lockfile if store.kind is LockKind.OBJECT else job.locking.uses_table)
    )
    return tuple(CarelessStore(store, job) for store in stores) if job.careless else stores


if __name__ == "__main__":
    main()
