from dataclasses import replace

import pytest

from holdfast.core.backends import Access, Backend, Endpoints
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Evidence, Finding, Hit
from holdfast.core.fleet import Fleet
from holdfast.core.observed_states import fleet_states
from holdfast.core.state_content import EncryptedState
from holdfast.rules.state_lineage_twice import ADVICE, state_lineage_twice
from tests.rules.fleets import BUCKET, DENIED, KEY, backend, fleet, hits, judged, observed, unknown
from tests.rules.states import (
    LINEAGE,
    OLD_KEY,
    OTHER_LINEAGE,
    head,
    looked_through,
    state,
    states_of,
)

MOVED: Fact[str | None] = Known(f"{BUCKET}/{KEY}")
ENCRYPTED = EncryptedState(encryption_version="v0")


def across(first: Backend, second: Backend) -> Fleet:
    """Return two backends that each list a state of the same lineage."""
    seen = (
        states_of(first, state(of=first.name)),
        states_of(second, state(OLD_KEY, of=second.name)),
    )
    code = fleet(observed=[observed(first), observed(second)])
    return replace(code, states=fleet_states(seen))


def test_states_with_lineages_of_their_own_are_fine() -> None:
    code = looked_through(
        state(), state(OLD_KEY, head(OTHER_LINEAGE)), state("never.tfstate", there=False)
    )
    assert hits(state_lineage_twice, code=code) == ()


def test_states_from_before_lineages_are_no_twins() -> None:
    code = looked_through(state(KEY, head("")), state(OLD_KEY, head("")))
    assert hits(state_lineage_twice, code=code) == ()


def test_one_lineage_under_two_keys_is_told_with_both_serials() -> None:
    code = looked_through(state(), state(OLD_KEY, head(serial=4)))
    words = f"lineage {LINEAGE}, engine 1.11.4, 3 resources, written 2026-11-20"
    assert hits(state_lineage_twice, code=code) == (
        Hit(
            message=f"the lineage {LINEAGE[:8]} is under 2 keys",
            evidence=(
                Evidence(
                    label="state", text=f"`{BUCKET}/{KEY}`: serial 7, {words}, used by `network`"
                ),
                Evidence(
                    label="state",
                    text=f"`{BUCKET}/{OLD_KEY}`: serial 4, {words}, used by no root here",
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_the_old_place_of_a_move_is_no_twin() -> None:
    code = looked_through(state(), state(OLD_KEY, moved_to=MOVED))
    assert hits(state_lineage_twice, code=code) == ()


def test_a_third_copy_is_a_twin_beside_the_old_place_of_a_move() -> None:
    code = looked_through(state(), state(OLD_KEY, moved_to=MOVED), state("third.tfstate"))
    (hit,) = hits(state_lineage_twice, code=code)
    assert [each.text.partition("`:")[0] for each in hit.evidence] == [
        f"`{BUCKET}/{KEY}",
        f"`{BUCKET}/third.tfstate",
    ]


def test_each_of_two_backends_has_the_finding() -> None:
    code = across(backend(), backend(name="other", bucket="other"))
    assert [(hit.backend, hit.subject) for hit in hits(state_lineage_twice, code=code)] == [
        (BUCKET, KEY),
        ("other", OLD_KEY),
    ]


def test_one_object_that_two_backends_lead_to_is_one_state() -> None:
    first = backend()
    code = across(first, first)
    seen = states_of(first, state()), states_of(first, state())
    assert hits(state_lineage_twice, code=replace(code, states=fleet_states(seen))) == ()


def test_one_key_behind_two_endpoints_are_two_states() -> None:
    elsewhere = Access(endpoints=Endpoints(s3="https://store.example"))
    first, second = backend(), backend(name="copy", access=elsewhere)
    copied = replace(state(), found=replace(state().found, backend="copy"))
    seen = states_of(first, state()), states_of(second, copied)
    code = replace(across(first, second), states=fleet_states(seen))
    assert len(hits(state_lineage_twice, code=code)) == 2


@pytest.mark.parametrize("content", [ENCRYPTED, DENIED], ids=["encrypted", "denied"])
def test_a_lineage_that_nobody_can_read_is_unknown(
    content: EncryptedState | Withheld,
) -> None:
    expected = content
    if isinstance(expected, EncryptedState):
        words = f"`{BUCKET}/{OLD_KEY}` is encrypted, and does not show its lineage"
        expected = Withheld(reason=Reason.UNSUPPORTED, detail=words)
    code = looked_through(state(), state(OLD_KEY, content))
    assert unknown(state_lineage_twice, code=code) == (expected,)


def test_an_encrypted_state_that_shows_its_lineage_is_compared() -> None:
    code = looked_through(state(), state(OLD_KEY, replace(ENCRYPTED, lineage=LINEAGE, serial=4)))
    assert len(hits(state_lineage_twice, code=code)) == 1


def test_whether_a_move_left_it_is_unknown_where_its_lock_may_not_be_read() -> None:
    code = looked_through(state(), state(OLD_KEY, moved_to=DENIED))
    assert len(judged(state_lineage_twice, code=code)) == 1
    assert unknown(state_lineage_twice, code=code) == (DENIED,)


def test_two_that_can_be_written_are_twins_whatever_the_lock_of_a_third_says() -> None:
    code = looked_through(state(), state(OLD_KEY, moved_to=DENIED), state("third.tfstate"))
    (finding, _) = judged(state_lineage_twice, code=code)
    assert isinstance(finding, Finding)
    assert len(finding.hit.evidence) == 2
    assert unknown(state_lineage_twice, code=code) == (DENIED,)


def test_a_bucket_that_may_not_be_listed_is_unknown() -> None:
    code = looked_through(state(), bucket_unread=DENIED)
    assert unknown(state_lineage_twice, code=code) == (DENIED,)
