"""The gate before the table is retired, and the gates on the way back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast.core.backends import Locking
from holdfast.core.cloud import ObservedTable, Table, TableAbsent, TableKey
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known
from holdfast.core.fleet import Fleet
from holdfast.core.lock_file_history import WrittenUnder
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence, TableDigest, TableEvidence
from holdfast.core.locking_gates import (
    gate_back_to_both,
    gate_back_to_dynamodb,
    gate_to_lockfile,
    gate_to_retire_table,
)
from holdfast.core.repository import CachedBackend, Computed, Root
from tests.core import configurations
from tests.core.locking_worlds import (
    BOTH_LOCKS,
    DENIED,
    ITEM_ALONE,
    OBJECT_ALONE,
    PASSED,
    REFUSED,
    SEEN,
    SINCE,
    TABLE_STORE,
    UNKNOWN,
    cache,
    code,
    evidence,
    open_checks,
    proof_of,
    root_with,
    settings,
    state,
    the_backend,
    write,
)
from tests.rules.fleets import BUCKET, KEY, REGION, TABLE, backend, healthy_table, root

BOTH, LOCKFILE, DYNAMODB, NONE = (
    Locking.BOTH,
    Locking.LOCKFILE,
    Locking.DYNAMODB,
    Locking.NONE,
)
LOCKFILE_STATE = state(digests=())


# Retiring the table -----------------------------------------------------------------------------


def retirement(
    of: Fleet | None = None, seen: FleetEvidence | None = None, *, quiet_days: int = 7
) -> Checks:
    fleet = of or code(root_with(LOCKFILE))
    named = replace(the_backend(fleet), tables=(TABLE,))
    return gate_to_retire_table(
        fleet, named, seen or evidence(LOCKFILE_STATE), table=TABLE, quiet_days=quiet_days
    )


def test_a_table_that_nobody_uses_may_be_retired() -> None:
    gate = retirement()
    assert (gate.outcome, open_checks(gate)) == (PASSED, {})


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (root_with(BOTH), {"root-not-changed": REFUSED}),
        (root_with(LOCKFILE, cache=cache(BOTH)), {"cache-differs": REFUSED}),
        (root_with(LOCKFILE, cache=cache(LOCKFILE, dynamodb_table="")), {}),
        (root_with(NONE), {}),
        (
            configurations.simple("a", bucket=BUCKET, dynamodb_table=Computed("local.t")),
            {"root-not-seen": UNKNOWN},
        ),
    ],
)
def test_no_root_may_name_the_table(of: Root, expected: dict[str, CheckOutcome]) -> None:
    assert open_checks(retirement(code(of))) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (evidence(state()), {"digest-in-table": REFUSED}),
        (evidence(state(digests=(), locks=BOTH_LOCKS)), {"lock-in-table": REFUSED}),
        (evidence(state(digests=(), locks=OBJECT_ALONE)), {}),
        (
            evidence(
                state(
                    digests=(),
                    history=Known(
                        replace(SEEN, last_write=write(-1, WrittenUnder.LOCK_FILE)),
                    ),
                )
            ),
            {"state-not-written": UNKNOWN},
        ),
        (
            evidence(LOCKFILE_STATE, since=None),
            {"table-not-quiet": UNKNOWN, "state-not-written": UNKNOWN},
        ),
        (
            evidence(LOCKFILE_STATE, now=SINCE + timedelta(days=6, hours=23)),
            {"table-not-quiet": REFUSED},
        ),
        (
            evidence(
                LOCKFILE_STATE,
                tables=(
                    TableEvidence(
                        table=TABLE, region=REGION, backends=(), other_buckets=("foreign",)
                    ),
                ),
            ),
            {"table-of-others": REFUSED},
        ),
        (
            evidence(
                LOCKFILE_STATE,
                tables=(TableEvidence(table=TABLE, region=REGION, backends=(), strange=2),),
            ),
            {"table-of-others": REFUSED},
        ),
        (
            evidence(LOCKFILE_STATE, stores=(replace(TABLE_STORE, withheld=DENIED),)),
            {"evidence-unreadable": UNKNOWN},
        ),
    ],
)
def test_nothing_may_be_left_in_the_table(
    seen: FleetEvidence, expected: dict[str, CheckOutcome]
) -> None:
    assert open_checks(retirement(seen=seen)) == expected


def test_another_backend_that_names_the_table_keeps_it() -> None:
    other = configurations.simple("b", bucket="second", dynamodb_table=f"arn:aws:x:table/{TABLE}")
    gate = retirement(code(root_with(LOCKFILE), other))
    assert open_checks(gate) == {"table-of-others": REFUSED}
    assert proof_of(gate, "table-of-others") == ["`second` names the table"]


# Back -------------------------------------------------------------------------------------------

TABLE_THERE = ObservedTable(name=TABLE, presence=Known(healthy_table()))
TABLE_ABSENT = ObservedTable(
    name=TABLE, presence=Known(TableAbsent(name=TABLE, elsewhere=Known(())))
)
TABLE_DENIED = ObservedTable(name=TABLE, presence=DENIED)


def table(**changes: object) -> ObservedTable:
    found: Table = healthy_table(**changes)
    return ObservedTable(name=TABLE, presence=Known(found))


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ((TABLE_THERE,), {}),
        ((), {"table-missing": REFUSED}),
        ((TABLE_ABSENT,), {"table-missing": REFUSED}),
        ((TABLE_DENIED,), {"table-unreadable": UNKNOWN}),
        ((TABLE_THERE, TABLE_DENIED), {"table-unreadable": UNKNOWN}),
        ((table(status="CREATING"),), {"table-not-active": REFUSED}),
        ((table(hash_key=TableKey(name="ID", type="S")),), {"table-schema-wrong": REFUSED}),
        ((table(range_key=TableKey(name="R", type="S")),), {"table-schema-wrong": REFUSED}),
    ],
)
def test_the_way_back_to_both_needs_a_table_that_takes_locks(
    tables: tuple[ObservedTable, ...], expected: dict[str, CheckOutcome]
) -> None:
    assert (
        open_checks(gate_back_to_both(code(), backend(), tables, evidence(LOCKFILE_STATE)))
        == expected
    )


def test_a_lock_that_was_left_in_the_table_bars_the_way_back() -> None:
    gate = gate_back_to_both(code(), backend(), (TABLE_THERE,), evidence(state(locks=ITEM_ALONE)))
    assert open_checks(gate) == {"lock-without-lockfile": REFUSED}


@pytest.mark.parametrize(
    ("of", "seen", "expected"),
    [
        (root_with(BOTH), state(), {}),
        (root_with(DYNAMODB), state(), {}),
        (root_with(LOCKFILE), state(), {"root-not-changed": REFUSED}),
        (root_with(BOTH, cache=cache(LOCKFILE)), state(), {"cache-differs": REFUSED}),
        (
            root_with(BOTH),
            state(digests=(TableDigest(table=TABLE, verdict=DigestVerdict.STALE),)),
            {"digest-stale": REFUSED},
        ),
        (root_with(BOTH), state(digests=()), {"state-without-digest": UNKNOWN}),
        (
            root_with(BOTH),
            state(digests=(TableDigest(table=TABLE, verdict=DigestVerdict.INVALID),)),
            {"state-without-digest": UNKNOWN},
        ),
        (root_with(BOTH), state(locks=OBJECT_ALONE), {"lock-without-item": REFUSED}),
        (root_with(BOTH), state(locks=ITEM_ALONE), {}),
        (root_with(BOTH), state(is_there=False, digests=()), {}),
    ],
)
def test_nobody_may_use_the_lock_file_alone_on_the_way_back_to_the_table(
    of: Root, seen: StateEvidence, expected: dict[str, CheckOutcome]
) -> None:
    fleet = code(of)
    assert open_checks(back_to_dynamodb(fleet, evidence(seen))) == expected


def back_to_dynamodb(fleet: Fleet, seen: FleetEvidence) -> Checks:
    return gate_back_to_dynamodb(fleet, the_backend(fleet), (TABLE_THERE,), seen)


def digest_in(name: str) -> tuple[TableDigest, ...]:
    return (TableDigest(table=name, verdict=DigestVerdict.RIGHT),)


def with_table(name: str, path: str, key: str = KEY, *, cache: CachedBackend | None = None) -> Root:
    arguments = {**settings(BOTH, path), "key": key, "dynamodb_table": name}
    return replace(root(path, settings=arguments), cache=cache)


ARN = f"arn:aws:dynamodb:us-east-1:1:table/{TABLE}"
OTHER_CACHE = cache(BOTH, "b", key=KEY, dynamodb_table="second")


@pytest.mark.parametrize(
    ("roots", "is_refused"),
    [
        ((with_table(TABLE, "a"), with_table(TABLE, "b")), False),
        ((with_table(TABLE, "a"), with_table(ARN, "b")), False),
        ((with_table(TABLE, "a"), with_table("second", "b")), True),
        ((with_table(TABLE, "a"), with_table("second", "b", "b/state")), False),
        ((with_table(TABLE, "a"), with_table("second", "b", f"env:/dev/{KEY}")), True),
        ((with_table(TABLE, "a"), with_table(TABLE, "b", cache=OTHER_CACHE)), True),
        ((with_table(TABLE, "a"), root_with(LOCKFILE, "b", cache=OTHER_CACHE)), True),
    ],
)
def test_a_state_whose_roots_name_two_tables_goes_nowhere(
    roots: tuple[Root, ...], *, is_refused: bool
) -> None:
    fleet = code(*roots)
    backend = the_backend(fleet)
    gates = (
        back_to_dynamodb(fleet, evidence()),
        gate_to_lockfile(fleet, backend, evidence()),
        gate_back_to_both(fleet, backend, (TABLE_THERE,), evidence()),
    )
    found = [open_checks(each).get("tables-differ") for each in gates]
    assert found == [REFUSED if is_refused else None] * len(gates)


def test_the_default_state_is_not_that_of_a_root_of_its_workspace() -> None:
    fleet = code(with_table(TABLE, "a"), with_table("second", "b", f"env:/dev/{KEY}"))
    assert proof_of(back_to_dynamodb(fleet, evidence()), "tables-differ") == [
        f"`{BUCKET}/env:/dev/{KEY}`: `{TABLE}` in `a`; `second` in `b`"
    ]


def test_the_tables_of_one_state_are_named_with_their_roots() -> None:
    gate = back_to_dynamodb(code(with_table(TABLE, "a"), with_table("second", "b")), evidence())
    assert proof_of(gate, "tables-differ") == [
        f"`{BUCKET}/{KEY}`: `{TABLE}` in `a`; `second` in `b`"
    ]


WRITTEN_BEFORE = Known(replace(SEEN, last_write=write(-1, WrittenUnder.LOCK_FILE)))
WRITTEN_AT_ONCE = Known(replace(SEEN, last_write=write(0, WrittenUnder.LOCK_FILE)))
NEVER_WRITTEN = Known(replace(SEEN, last_write=None))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (evidence(state()), {}),
        (evidence(state(), since=None), {"client-not-seen": UNKNOWN}),
        (evidence(state(history=WRITTEN_BEFORE)), {"client-not-seen": UNKNOWN}),
        (evidence(state(history=WRITTEN_AT_ONCE)), {"client-not-seen": UNKNOWN}),
        (evidence(state(history=NEVER_WRITTEN)), {"client-not-seen": UNKNOWN}),
        (
            evidence(state(history=DENIED)),
            {"client-not-seen": UNKNOWN, "evidence-unreadable": UNKNOWN},
        ),
        (evidence(state(digests=digest_in("another"))), {"client-not-seen": UNKNOWN}),
        (evidence(state(digests=digest_in(f"arn:aws:dynamodb:r:1:table/{TABLE}"))), {}),
        (evidence(state("of-no-root.tfstate", digests=digest_in("another"))), {}),
        (evidence(state(is_there=False, history=NEVER_WRITTEN)), {}),
        # A state without a digest is asked about once.
        (evidence(state(digests=()), since=None), {"state-without-digest": UNKNOWN}),
    ],
)
def test_a_client_with_the_table_has_to_have_written_every_state_since_everybody_has_both_locks(
    seen: FleetEvidence, expected: dict[str, CheckOutcome]
) -> None:
    gate = back_to_dynamodb(code(root_with(BOTH)), seen)
    assert open_checks(gate) == expected
