from dataclasses import replace

from holdfast.core.components import Component, Components
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CachedBackend, Certainty, Configuration, Place
from holdfast.rules.state_orphaned import ADVICE, state_orphaned
from tests.core.declarations import backend as declared_backend
from tests.rules.fleets import BUCKET, DENIED, KEY, TABLE, hits, root, unknown
from tests.rules.states import (
    LINEAGE,
    OLD_KEY,
    OTHER_LINEAGE,
    head,
    looked_through,
    state,
)

MOVED: Fact[str | None] = Known(f"{BUCKET}/{KEY}")
ORPHAN = state(OLD_KEY, head(OTHER_LINEAGE))


def test_states_that_the_code_uses_and_leftover_digests_are_fine() -> None:
    code = looked_through(state(), state("gone.tfstate", there=False))
    assert hits(state_orphaned, code=code) == ()


def test_a_state_without_a_root_is_told_with_its_head() -> None:
    assert hits(state_orphaned, code=looked_through(state(), ORPHAN)) == (
        Hit(
            message=f"1 state in `{BUCKET}` is used by no root here",
            evidence=(
                Evidence(
                    label="state",
                    text=(
                        f"`{BUCKET}/{OLD_KEY}`: serial 7, lineage {OTHER_LINEAGE}, engine 1.11.4,"
                        " 3 resources, written 2026-11-20"
                    ),
                ),
            ),
            advice=ADVICE,
            subject=OLD_KEY,
            backend=BUCKET,
        ),
    )


def test_many_are_told_at_once_and_one_that_was_not_read_as_well() -> None:
    code = looked_through(state("a.tfstate", DENIED), state("b.tfstate"))
    (hit,) = hits(state_orphaned, code=code)
    assert (hit.message, hit.subject) == (f"2 states in `{BUCKET}` are used by no root here", "")
    assert hit.evidence[0].text == (
        f"`{BUCKET}/a.tfstate`: not read: permission `s3:Get` is missing, written 2026-11-20"
    )


def test_the_old_place_of_a_move_is_no_orphan() -> None:
    code = looked_through(state(), state(OLD_KEY, moved_to=MOVED))
    assert hits(state_orphaned, code=code) == ()


def test_a_file_that_may_belong_to_a_root_may_use_the_state() -> None:
    candidate = Configuration(
        label="old.hcl",
        certainty=Certainty.CANDIDATE,
        attributes=root(settings={"bucket": BUCKET, "key": OLD_KEY}).blocks[0].attributes,
    )
    code = looked_through(ORPHAN, roots=[root(more=[candidate])])
    assert hits(state_orphaned, code=code) == ()


def test_a_directory_that_is_initialised_against_the_state_uses_it() -> None:
    cache = CachedBackend(
        path="network/.terraform/terraform.tfstate",
        type="s3",
        config={"bucket": BUCKET, "key": "cached.tfstate", "workspace_key_prefix": "ws"},
    )
    states = (state("cached.tfstate"), state("ws/dev/cached.tfstate"), ORPHAN)
    code = looked_through(*states, roots=[root(cache=cache)])
    (hit,) = hits(state_orphaned, code=code)
    assert hit.subject == OLD_KEY


def test_a_component_whose_root_is_elsewhere_uses_its_state_in_every_workspace() -> None:
    component = Component(
        fields=(("component", "old"),),
        backend=declared_backend(name=BUCKET),
        key=OLD_KEY,
        pipeline="old",
        root=None,
        span=None,
    )
    code = looked_through(ORPHAN, state(f"env:/dev/{OLD_KEY}"), state("env:/dev/other.tfstate"))
    code = replace(code, components=Components(components=(component,)))
    (hit,) = hits(state_orphaned, code=code)
    assert hit.subject == "env:/dev/other.tfstate"


def test_an_example_uses_no_state() -> None:
    example = root("examples/old", place=Place.EXAMPLE, settings={"bucket": BUCKET, "key": OLD_KEY})
    code = looked_through(ORPHAN, roots=[root(), example])
    assert len(hits(state_orphaned, code=code)) == 1


def test_a_root_whose_key_is_not_in_the_code_may_use_any_state() -> None:
    open_root = root("app", settings={"bucket": BUCKET, "dynamodb_table": TABLE})
    other = root("web", settings={"region": "eu-west-1"})
    code = looked_through(state(), ORPHAN, roots=[root(), open_root, other])
    words = "bucket or key of `app` and 1 more cannot be read from the code: a state may be its own"
    assert unknown(state_orphaned, code=code) == (Withheld(reason=Reason.NOT_ASKED, detail=words),)
    # Where every state is accounted for, nothing depends on it.
    assert hits(state_orphaned, code=looked_through(state(), roots=[root(), open_root])) == ()


def test_a_lock_that_may_not_be_read_may_be_a_tombstone() -> None:
    code = looked_through(state(OLD_KEY, moved_to=DENIED))
    assert unknown(state_orphaned, code=code) == (DENIED,)


def test_a_bucket_that_may_not_be_listed_is_unknown() -> None:
    assert unknown(state_orphaned, code=looked_through(bucket_unread=DENIED)) == (DENIED,)


def test_the_lineage_plays_no_part() -> None:
    code = looked_through(state(), state(OLD_KEY, head(LINEAGE)))
    assert [hit.subject for hit in hits(state_orphaned, code=code)] == [OLD_KEY]
