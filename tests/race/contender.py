"""Run as a script: one process that contends for one lock, with the library's own code.

It reads its job from its first line of input, says `ready`, waits for the second line, and prints its tally at the end.
"""

import os
import sys
import time

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.lock_stores import stores_for
from holdfast.app.lock_taking import HeldPart, Shortfall, release_parts, take_lock
from holdfast.aws.connections import Connections
from holdfast.core.backends import Access, Backend, Endpoints
from holdfast.core.facts import Known
from holdfast.core.lock_info import LockInfo, lock_path
from holdfast.core.lock_outcomes import PartRelease, Standing, is_ours
from holdfast.core.locks import LockKind, LockStore, StoredLock, Unclear
from tests.race.careless import CarelessStore
from tests.race.job import Job, Tally
from tests.race.witness import entered

REGION = "us-east-1"
# How often a contender looks for a lock of its own that it has reported, before it leaves it.
LOOKS_MAX = 50


def main() -> None:
    """Contend as the first line of input says, from the second line on."""
    job = Job.from_json(sys.stdin.readline())
    with Connections(attempts_max=1) as connections:
        contender = Contender(job, connections)
        say("ready")
        sys.stdin.readline()
        contender.run()
    say(contender.tally.to_json())


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Contender:
    """One that wants the lock again and again."""

    def __init__(self, job: Job, connections: Connections) -> None:
        self.job = job
        self.tally = Tally()
        self._stores = stores_of(job, connections)
        self._identity = LockIdentity(
            who=f"{job.name}@race", version="0.0.0", clock=time.time_ns, random=os.urandom
        )

    def run(self) -> None:
        """Contend until the lock was held as often as the job says."""
        while self.tally.acquired < self.job.acquisitions:
            if self.tally.attempts == self.job.attempts_max:
                return
            self.tally.attempts += 1
            self._attempt()

    def _attempt(self) -> None:
        info = self._identity.sign(
            operation="race", info="", path=lock_path(self.job.bucket, self.job.key)
        )
        taken = take_lock(self._stores, self.job.key, info)
        if not isinstance(taken, Shortfall):
            self.tally.acquired += 1
            self._hold(taken, info)
            return
        self.tally.refusals[type(taken.outcome).__name__] += 1
        uncertain = isinstance(taken.outcome, Unclear) or taken.unseen is not None
        self._look_at(taken.given_back, info, uncertain=uncertain)

    def _hold(self, parts: tuple[HeldPart, ...], info: LockInfo) -> None:
        """Do what only the holder may do, and give the lock back."""
        with entered(self.job.witness) as alone:
            self.tally.crowded += not alone
            for part in parts:
                current = part.store.read(self.job.key)
                if isinstance(current, Known) and not mine(current.value, info):
                    self.tally.foreign += 1
        self._look_at(release_parts(parts, self.job.key), info)

    def _look_at(
        self, releases: tuple[PartRelease, ...], info: LockInfo, *, uncertain: bool = False
    ) -> None:
        """Count what the library says of the locks that were to be given back; settle what may remain."""
        standings = {each.standing for each in releases}
        self.tally.foreign += Standing.LOST in standings
        if uncertain or standings & {Standing.LEFT, Standing.UNKNOWN}:
            self.tally.reported.append(info.identifier)
            if not self._settled(info):
                self.tally.unsettled.append(info.identifier)

    def _settled(self, info: LockInfo) -> bool:
        """Remove a reported lock as its owner would: look, and give back what is ours."""
        for _ in range(LOOKS_MAX):
            seen = [(store, store.read(self.job.key)) for store in self._stores]
            left = [
                HeldPart(store=store, lock=current.value)
                for store, current in seen
                if isinstance(current, Known) and current.value and mine(current.value, info)
            ]
            if not left and all(isinstance(current, Known) for _, current in seen):
                return True
            release_parts(left, self.job.key)
        return False


def mine(lock: StoredLock | None, info: LockInfo) -> bool:
    """Tell whether a lock that was read is the one of this attempt."""
    return lock is not None and is_ours(lock, info)


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
        for store in stores_for(backend, job.key, connections)
        if (job.locking.uses_lockfile if store.kind is LockKind.OBJECT else job.locking.uses_table)
    )
    return tuple(CarelessStore(store, job) for store in stores) if job.careless else stores


if __name__ == "__main__":
    main()
