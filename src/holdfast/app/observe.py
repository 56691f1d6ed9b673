"""Observe the cloud: every fact about every backend, read at the same time.

A backend takes about three round trips, however many settings it has: the caller, HeadBucket and
DescribeTable; then every setting and the states; then the encryption key, and other regions for a table
that is missing. Backends are read side by side, and what two of them share is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from holdfast.app.account_checking import is_outside_aws
from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.observe_bucket import BucketObservation
from holdfast.app.observe_table import TableObservation
from holdfast.app.observe_table_searches import TableSearches
from holdfast.aws.connections import Connections
from holdfast.aws.identity_reads import CallerAddress, caller_identity
from holdfast.core.accounts import WrongAccount, wrong_account
from holdfast.core.backends import Backend
from holdfast.core.cloud import Bucket, Caller, ObservedBackend, ObservedTable
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.lock_tables import is_table_arn

Address = TypeVar("Address", bound=Hashable)
Value = TypeVar("Value")

NOT_ASKED_YET = Withheld(reason=Reason.NOT_ASKED, detail="not asked yet")
CALLER_ELSEWHERE = Withheld(
    reason=Reason.NOT_ASKED, detail="S3 has an endpoint of its own and STS has none"
)


class BackendObservation:
    """One backend on its way to an `ObservedBackend`."""

    def __init__(
        self,
        backend: Backend,
        questions: Questions,
        connections: Connections,
        *,
        caller_region: str,
        regions_of_fleet: Sequence[str],
        searches: TableSearches | None,
        on_complete: Callable[[Backend], None],
    ) -> None:
        self.backend = backend
        self._questions = questions
        self._connections = connections
        self._caller_region = caller_region
        self._on_complete = on_complete
        self._unanswered = 0
        self._requests = 0
        self._caller: Fact[Caller] = NOT_ASKED_YET
        self._bucket = BucketObservation(backend, self._ask, connections)
        self._tables = tuple(
            TableObservation(
                table,
                backend,
                self._ask,
                connections,
                regions_of_fleet=regions_of_fleet,
                searches=searches,
                hold=self._hold,
            )
            for table in backend.tables
        )

    def start(self) -> None:
        """Ask what does not depend on anything."""
        self._bucket.start()
        for table in self._tables:
            table.start()
        if is_outside_aws(self.backend, connections=self._connections):
            self._caller = CALLER_ELSEWHERE
            return
        address = CallerAddress(access=self.backend.access, region=self._caller_region)
        self._ask(caller_identity, address, self._identified)

    def _identified(self, caller: Fact[Caller]) -> None:
        self._caller = caller

    def _hold(self) -> Callable[[], None]:
        """Keep the backend from being complete until the function that this returns is called."""
        self._unanswered += 1
        return self._release

    def _release(self) -> None:
        self._unanswered -= 1
        if not self._unanswered:
            self._on_complete(self.backend)

    def _ask(
        self,
        read: Callable[[Connections, Address], Value],
        address: Address,
        then: Callable[[Value], None],
    ) -> None:
        self._unanswered += 1

        def receive(answer: Answer[Value]) -> None:
            self._requests += answer.requests
            then(answer.value)
            self._release()

        self._questions.ask(read, address, receive)

    @property
    def observed(self) -> ObservedBackend:
        """Return everything that is known of the backend."""
        wrong = (
            wrong_account(self.backend, self._caller.value.account)
            if isinstance(self._caller, Known)
            else None
        )
        return ObservedBackend(
            backend=self.backend,
            region=self._bucket.region,
            caller=self._caller,
            bucket=self._of_owner(self._bucket.presence, wrong),
            tables=tuple(self._of_account(table.observed, wrong) for table in self._tables),
            states_present=self._of_owner(self._bucket.states, wrong),
            requests=self._requests,
        )

    def _of_account(self, table: ObservedTable, wrong: WrongAccount | None) -> ObservedTable:
        """Withhold a table whose name was looked up with the credentials of another account.

        Names of tables belong to an account, as those of buckets do not: neither that there is one nor that
        there is none says anything about the backend's own.
        """
        if wrong is None or is_table_arn(table.name):
            return table
        return replace(table, presence=Withheld(reason=Reason.NOT_ASKED, detail=str(wrong)))

    def _of_owner(self, fact: Fact[Value], wrong: WrongAccount | None) -> Fact[Value]:
        """Withhold what a wrong account shows of a bucket that no request named the owner of.

        Where one account is the right one, S3 has compared it with the owner. That there is no bucket of a name
        is true in every account.
        """
        if wrong is None or self.backend.account is not None:
            return fact
        match self._bucket.presence:
            case Known(Bucket()):
                return Withheld(reason=Reason.NOT_ASKED, detail=str(wrong))
            case _:
                return fact


def observe_backends(
    backends: Sequence[Backend],
    *,
    connections: Connections,
    workers_max: int = 32,
    search_tables: bool = True,
    on_progress: Callable[[Backend], None] | None = None,
) -> tuple[ObservedBackend, ...]:
    """Return the facts about each backend, in the order given.

    At most `workers_max` requests are under way at the same time. `search_tables` looks for a table that is
    missing in every other region: a request for each, which matters to a report alone; of more than a few
    tables, each region is asked for all names at once. `on_progress` is
    called on the calling thread, once for each backend that is complete. Whatever AWS refuses becomes a
    withheld fact; an interrupt ends at once and leaves nothing behind, for nothing is written.
    """
    regions_of_fleet = tuple(sorted({each.region for each in backends if each.region}))
    searches = TableSearches() if search_tables else None
    with Questions(connections, workers_max=workers_max) as questions:
        observations = [
            BackendObservation(
                backend,
                questions,
                connections,
                caller_region=_caller_region(backend, backends, connections),
                regions_of_fleet=regions_of_fleet,
                searches=searches,
                on_complete=on_progress or _ignore,
            )
            for backend in backends
        ]
        for observation in observations:
            observation.start()
        questions.run()
        return tuple(observation.observed for observation in observations)


def _caller_region(backend: Backend, backends: Sequence[Backend], connections: Connections) -> str:
    """Return the one region in which STS is asked about an access: that of its first backend."""
    first = next(each for each in backends if each.access == backend.access)
    return connections.region_of(first.access, first.region)


def _ignore(backend: Backend) -> None:
    """Take no notice of progress."""
    del backend
