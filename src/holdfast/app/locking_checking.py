"""Look before a stage: what each backend's gate says, and which locks a killed run has left. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from holdfast.app.fleet import read_cloud
from holdfast.app.lock_identity import LockIdentity
from holdfast.app.locking_declaration import with_tables_known
from holdfast.app.locking_evidence import read_evidence
from holdfast.app.locking_planning import LockingRequest
from holdfast.app.locking_preflight import PreflightRequest, preflight
from holdfast.app.locking_switching import LOCKING_OPERATION
from holdfast.app.state_places import StatePlace, place_of
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend, Locking
from holdfast.core.cloud import ObservedTable
from holdfast.core.findings import Rule
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import Checks
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence
from holdfast.core.locking_gates import (
    gate_back_to_both,
    gate_back_to_dynamodb,
    gate_to_lockfile,
    gate_to_retire_table,
)
from holdfast.core.locking_switch import LockingSwitch


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How it is looked: from when on writers are judged, and for how long a table has to be unused.

    `roles` are those that run the engines, besides the ones of the code; `identity` signs the scratch lock.
    """

    connections: Connections
    now: datetime
    since: datetime | None
    quiet_days: int
    rules: Sequence[Rule]
    roles: Sequence[str]
    identity: LockIdentity
    customer_key: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAtFleet:
    """The code and the cloud, each backend with the table that its roots have, had or will have, and who wrote."""

    fleet: Fleet
    evidence: FleetEvidence

    def backend(self, name: str) -> Backend:
        """Return a backend by its name."""
        return next(each for each in self.fleet.backends if each.name == name)

    def tables(self, name: str) -> tuple[ObservedTable, ...]:
        """Return the tables of a backend as they were observed."""
        return tuple(
            table
            for each in self.fleet.observed
            if each.backend.name == name
            for table in each.tables
        )


def look_at_fleet(code: Fleet, request: LockingRequest, looking: Looking) -> LookedAtFleet:
    """Observe the cloud and read who wrote the states; nothing of AWS is raised."""
    known = with_tables_known(code, request.directory, table=request.table)
    fleet = read_cloud(known, connections=looking.connections)
    evidence = read_evidence(
        fleet.backends_chosen,
        connections=looking.connections,
        now=looking.now,
        since=looking.since,
        customer_key=looking.customer_key,
        reads_lock_files=request.goal is Locking.LOCKFILE,
    )
    return LookedAtFleet(fleet=fleet, evidence=evidence)


def left_places(looked: LookedAtFleet, looking: Looking) -> tuple[StatePlace, ...]:
    """Return the states with a lock of this work, whoever took it."""
    return tuple(
        place_of(looked.backend(state.backend), state.key, customer_key=looking.customer_key)
        for state in looked.evidence.states
        if _is_worked_on(state)
    )


def stage_checks(
    looked: LookedAtFleet, switches: Sequence[LockingSwitch], looking: Looking
) -> tuple[Checks, ...]:
    """Return what there is to say before each backend's next stage: what lock files need, and its gate.

    What lock files need is looked at before the first root gets one; a scratch lock is written for that, and removed.
    """
    return tuple(
        each
        for switch in switches
        for each in (*_preflights(looked, switch, looking), *_gates(looked, switch))
    )


def _preflights(looked: LookedAtFleet, switch: LockingSwitch, looking: Looking) -> Iterator[Checks]:
    begins = any(not each.locking.uses_lockfile for each in switch.switching)
    if not (switch.stage.uses_lockfile and begins):
        return
    request = PreflightRequest(
        goal=switch.stage,
        rules=looking.rules,
        connections=looking.connections,
        roles=looking.roles,
        identity=looking.identity,
        customer_key=looking.customer_key,
    )
    yield preflight(looked.fleet, looked.backend(switch.backend.name), looked.evidence, request)


def retirement_checks(
    looked: LookedAtFleet, request: LockingRequest, looking: Looking
) -> tuple[tuple[Backend, str, Checks], ...]:
    """Return each backend whose roots all have the lock file alone, with the table that is left and what speaks against its end."""
    return tuple(
        (
            backend,
            table,
            gate_to_retire_table(
                looked.fleet, backend, looked.evidence, table=table, quiet_days=looking.quiet_days
            ),
        )
        for backend in looked.fleet.backends_chosen
        if request.goal is Locking.LOCKFILE
        for table in backend.tables
    )


def _gates(looked: LookedAtFleet, switch: LockingSwitch) -> Iterator[Checks]:
    backend = looked.backend(switch.backend.name)
    modes = {each.locking for each in switch.switching}
    match switch.stage:
        case Locking.LOCKFILE:
            yield gate_to_lockfile(looked.fleet, backend, looked.evidence)
        case Locking.BOTH if Locking.LOCKFILE in modes:
            yield gate_back_to_both(
                looked.fleet, backend, looked.tables(backend.name), looked.evidence
            )
        case Locking.DYNAMODB:
            yield gate_back_to_dynamodb(
                looked.fleet, backend, looked.tables(backend.name), looked.evidence
            )
        case _:
            return


def _is_worked_on(state: StateEvidence) -> bool:
    sides = state.locks.sides if state.locks is not None else ()
    holders = (side.lock.holder for side in sides if side.lock is not None)
    return any(each is not None and each.operation == LOCKING_OPERATION for each in holders)
