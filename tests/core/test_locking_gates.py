"""The gate from both locks to the lock file: what has to be seen, and that what was not is never passed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Locking
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known
from holdfast.core.fleet import Fleet
from holdfast.core.lock_file_history import WrittenUnder
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.locking_evidence import NOT_ASKED, FleetEvidence, StateEvidence, TableDigest
from holdfast.core.locking_gates import (
    gate_to_lockfile,
)
from holdfast.core.repository import Certainty, Computed, Place, Root
from tests.core import configurations
from tests.core.locking_worlds import (
    BOTH_LOCKS,
    BUCKET_STORE,
    DENIED,
    ITEM_ALONE,
    ITEM_AND_UNKNOWN,
    NOW,
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
    state,
    the_backend,
    write,
)
from tests.rules.fleets import BUCKET, KEY, TABLE

BOTH, LOCKFILE, DYNAMODB, NONE = (
    Locking.BOTH,
    Locking.LOCKFILE,
    Locking.DYNAMODB,
    Locking.NONE,
)
WITHOUT = write(3, WrittenUnder.NO_LOCK_FILE)
UNTOLD = write(3, WrittenUnder.UNKNOWN)


def to_lockfile(of: Fleet | None = None, seen: FleetEvidence | None = None) -> Checks:
    fleet = of or code()
    return gate_to_lockfile(fleet, the_backend(fleet), seen or evidence())


# both → lockfile --------------------------------------------------------------------------------


def test_everything_seen_with_both_opens_the_gate() -> None:
    gate = to_lockfile()
    assert (gate.outcome, gate.blocking(), open_checks(gate)) == (PASSED, (), {})
    assert [each.slug for each in gate.checks] == [
        "root-not-changed",
        "root-not-seen",
        "cache-differs",
        "tables-differ",
        "writer-without-lockfile",
        "writer-unknown",
        "state-not-seen",
        "lock-without-lockfile",
        "evidence-unreadable",
    ]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (root_with(BOTH), {}),
        (root_with(LOCKFILE), {}),
        (root_with(DYNAMODB), {"root-not-changed": REFUSED}),
        (root_with(NONE), {"root-not-changed": REFUSED}),
        (root_with(DYNAMODB, place=Place.EXAMPLE), {}),
        (root_with(BOTH, certainty=Certainty.CANDIDATE), {}),
        (root_with(DYNAMODB, certainty=Certainty.CANDIDATE), {"root-not-seen": UNKNOWN}),
        (root_with(BOTH, cache=cache(BOTH)), {}),
        (root_with(BOTH, cache=cache(LOCKFILE)), {}),
        (root_with(BOTH, cache=cache(DYNAMODB)), {"cache-differs": REFUSED}),
        (root_with(BOTH, cache=cache(DYNAMODB, bucket="another")), {}),
        (root_with(BOTH, cache=cache(DYNAMODB, use_lockfile="true")), {}),
        (
            configurations.simple("a", bucket=BUCKET, use_lockfile=Computed("local.lock")),
            {"root-not-seen": UNKNOWN},
        ),
        (
            configurations.simple("a", bucket=BUCKET, dynamodb_table=Computed("local.t")),
            {"root-not-seen": UNKNOWN},
        ),
        (
            configurations.simple("a", bucket=Computed("var.bucket"), use_lockfile=True),
            {"root-not-seen": UNKNOWN},
        ),
        (configurations.root("a"), {"root-not-seen": UNKNOWN}),
        (configurations.root("a", backend_type="gcs"), {}),
    ],
)
def test_code_and_caches_are_judged(of: Root, expected: dict[str, CheckOutcome]) -> None:
    assert open_checks(to_lockfile(code(root_with(BOTH, "other"), of))) == expected


def test_a_root_that_is_in_the_way_is_named_with_its_place() -> None:
    gate = to_lockfile(code(root_with(DYNAMODB, "slow", cache=cache(DYNAMODB, "slow"))))
    assert [
        (each.slug, line.text, str(line.span)) for each in gate.refused for line in each.evidence
    ] == [
        ("root-not-changed", "`slow`: locks with the table alone", "slow/backend.tf:6"),
        (
            "cache-differs",
            "`slow` is initialised with the table alone",
            "slow/.terraform/terraform.tfstate",
        ),
    ]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (state(), {}),
        (state(locks=BOTH_LOCKS), {}),
        (state(locks=OBJECT_ALONE), {}),
        (state(locks=ITEM_ALONE), {"lock-without-lockfile": REFUSED}),
        (state(locks=ITEM_AND_UNKNOWN), {"evidence-unreadable": UNKNOWN}),
        (
            state(history=Known(replace(SEEN, unlocked=WITHOUT))),
            {"writer-without-lockfile": REFUSED},
        ),
        (state(history=Known(replace(SEEN, untold=UNTOLD))), {"writer-unknown": UNKNOWN}),
        (
            state(history=DENIED),
            {
                "writer-without-lockfile": UNKNOWN,
                "writer-unknown": UNKNOWN,
                "state-not-seen": UNKNOWN,
                "evidence-unreadable": UNKNOWN,
            },
        ),
        (
            state(engine_lock_file=Known(SINCE - timedelta(seconds=1))),
            {"state-not-seen": UNKNOWN},
        ),
        # There was a lock file, and it was one of our own.
        (state(engine_lock_file=Known(None)), {"state-not-seen": UNKNOWN}),
        (state(engine_lock_file=DENIED), {"state-not-seen": UNKNOWN}),
        (
            state(
                is_there=False,
                history=Known(replace(SEEN, lock_file_first=None, lock_file_last=None)),
                engine_lock_file=NOT_ASKED,
            ),
            {},
        ),
        (
            state(digests=(TableDigest(table=TABLE, verdict=DigestVerdict.UNKNOWN),)),
            {"evidence-unreadable": UNKNOWN},
        ),
    ],
)
def test_writers_are_judged(of: StateEvidence, expected: dict[str, CheckOutcome]) -> None:
    assert open_checks(to_lockfile(seen=evidence(state("other.tfstate"), of))) == expected


def test_a_writer_in_the_way_is_named_with_its_moment() -> None:
    gate = to_lockfile(seen=evidence(state(history=Known(replace(SEEN, unlocked=WITHOUT)))))
    assert proof_of(gate, "writer-without-lockfile") == [
        f"`{BUCKET}/{KEY}`: written at 2026-11-13T12:00:00+00:00; used by `network`"
    ]
    assert gate.refused[0].words == (
        "1 state written without a lock file since 2026-11-10T12:00:00+00:00"
    )


def test_a_write_without_a_lock_file_is_refused_though_other_versions_are_not_known() -> None:
    unread = state("other.tfstate", history=DENIED)
    gate = to_lockfile(seen=evidence(state(history=Known(replace(SEEN, unlocked=WITHOUT))), unread))
    assert open_checks(gate)["writer-without-lockfile"] is REFUSED
    assert proof_of(gate, "writer-unknown") == [f"`{BUCKET}/other.tfstate`: versions: {DENIED}"]


@pytest.mark.parametrize("store", [BUCKET_STORE, TABLE_STORE])
def test_a_store_that_was_not_read_to_its_end_is_unknown(store: object) -> None:
    seen = evidence(
        stores=tuple(
            replace(each, withheld=DENIED) if each is store else each
            for each in (BUCKET_STORE, TABLE_STORE)
        )
    )
    assert open_checks(to_lockfile(seen=seen)) == {"evidence-unreadable": UNKNOWN}


def test_what_is_unknown_can_be_accepted_by_its_name_and_what_is_refused_cannot() -> None:
    seen = evidence(state(history=Known(replace(SEEN, unlocked=WITHOUT, untold=UNTOLD))))
    gate = to_lockfile(seen=seen)
    accepted = {"writer-unknown", "writer-without-lockfile", "misspelt"}
    assert gate.outcome is REFUSED
    assert [each.slug for each in gate.blocking(accepted)] == ["writer-without-lockfile"]
    assert gate.unused(accepted) == ("misspelt", "writer-without-lockfile")


# A backend that never had a table ---------------------------------------------------------------


NEVER_LOCKED = Known(replace(SEEN, unlocked=WITHOUT, untold=UNTOLD))


def test_roots_without_a_lock_get_the_lock_file_where_there_is_no_table() -> None:
    fleet = code(root_with(NONE, cache=cache(NONE)))
    seen = evidence(state(history=NEVER_LOCKED, engine_lock_file=Known(None), digests=()))
    assert open_checks(to_lockfile(fleet, seen)) == {}


def test_the_others_of_a_backend_without_a_table_have_to_be_seen() -> None:
    fleet = code(root_with(NONE), root_with(LOCKFILE, "other"))
    unseen = state("other/terraform.tfstate", engine_lock_file=Known(None), digests=())
    own = state(history=NEVER_LOCKED, engine_lock_file=Known(None), digests=())
    gate = to_lockfile(fleet, evidence(own, unseen))
    assert open_checks(gate) == {"state-not-seen": UNKNOWN}
    assert proof_of(gate, "state-not-seen") == [
        f"`{BUCKET}/other/terraform.tfstate`: used by `network`"
    ]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (state(locks=ITEM_ALONE), {"lock-without-lockfile": REFUSED}),
        (state(history=DENIED), {"evidence-unreadable": UNKNOWN}),
    ],
)
def test_what_is_locked_now_counts_without_a_table_too(
    seen: StateEvidence, expected: dict[str, CheckOutcome]
) -> None:
    assert open_checks(to_lockfile(code(root_with(NONE)), evidence(seen))) == expected


def test_a_working_directory_with_a_table_bars_the_lock_file_where_the_code_has_none() -> None:
    fleet = code(root_with(NONE, cache=cache(DYNAMODB)))
    assert open_checks(to_lockfile(fleet)) == {"cache-differs": REFUSED}


# Any fleet --------------------------------------------------------------------------------------

MODES = st.sampled_from([NONE, DYNAMODB, BOTH, LOCKFILE])
ROOTS = st.tuples(MODES, st.none() | MODES, st.sampled_from(Certainty))
HISTORIES = st.just(DENIED) | st.builds(
    lambda unlocked, untold: Known(replace(SEEN, unlocked=unlocked, untold=untold)),
    st.none() | st.just(WITHOUT),
    st.none() | st.just(UNTOLD),
)
ENGINE_SEEN = st.sampled_from([DENIED, Known(None), Known(SINCE - timedelta(days=3)), Known(NOW)])
LOCKS = st.sampled_from([None, BOTH_LOCKS, ITEM_ALONE, OBJECT_ALONE, ITEM_AND_UNKNOWN])


@given(
    st.lists(ROOTS, min_size=1, max_size=4),
    st.lists(st.tuples(HISTORIES, ENGINE_SEEN, LOCKS), max_size=3),
)
def test_the_gate_opens_only_when_everybody_was_seen_with_the_lock_file(
    roots: list[tuple[Locking, Locking | None, Certainty]],
    states: list[tuple[object, object, object]],
) -> None:
    fleet = code(
        root_with(BOTH, "with-the-table"),
        *(
            root_with(
                mode,
                f"r{number}",
                certainty=certainty,
                cache=cache(cached, f"r{number}") if cached is not None else None,
            )
            for number, (mode, cached, certainty) in enumerate(roots)
        ),
    )
    seen = [
        state(f"r{number}/terraform.tfstate", history=history, engine_lock_file=last, locks=locks)
        for number, (history, last, locks) in enumerate(states)
    ]
    gate = to_lockfile(fleet, evidence(*seen) if seen else evidence())
    with_it = {BOTH, LOCKFILE}
    everybody = all(
        mode in with_it and (cached is None or cached in with_it) for mode, cached, _ in roots
    ) and all(
        (history, last) == (Known(SEEN), Known(NOW)) and locks in (None, BOTH_LOCKS, OBJECT_ALONE)
        for history, last, locks in states
    )
    assert (gate.outcome is PASSED) == everybody
    assert bool(gate.blocking()) != everybody
