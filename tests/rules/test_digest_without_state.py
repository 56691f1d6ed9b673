from dataclasses import replace

from holdfast.core.findings import Evidence, Hit
from holdfast.rules.digest_without_state import ADVICE, digest_without_state
from tests.rules.fleets import BUCKET, DENIED, KEY, TABLE, hits, unknown
from tests.rules.states import MISSING, OLD_KEY, STALE, looked_through, state


def test_a_state_that_is_there_or_was_never_applied_is_fine() -> None:
    code = looked_through(state(), state(OLD_KEY, digest=None))
    assert hits(digest_without_state, code=code) == ()
    assert hits(digest_without_state, code=looked_through(state(digest=None, there=False))) == ()


def test_a_digest_of_nothing_blocks_init() -> None:
    code = looked_through(state(digest=MISSING, there=False))
    assert hits(digest_without_state, code=code) == (
        Hit(
            message=f"table `{TABLE}` has a digest of `{KEY}`, and there is no such state",
            evidence=(
                Evidence(label="table", text=f"`{TABLE}`"),
                Evidence(label="state", text=f"`{BUCKET}/{KEY}`: no object"),
                Evidence(label="used by", text="`network`"),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_an_object_of_no_bytes_is_no_state() -> None:
    empty = state(digest=MISSING, there=False)
    empty = replace(empty, found=replace(empty.found, size_bytes=0))
    (hit,) = hits(digest_without_state, code=looked_through(empty))
    assert hit.evidence[1].text == f"`{BUCKET}/{KEY}`: an object of 0 bytes"


def test_other_rules_speak_of_other_bytes_and_of_what_no_root_uses() -> None:
    code = looked_through(state(digest=STALE), state(OLD_KEY, digest=MISSING, there=False))
    assert hits(digest_without_state, code=code) == ()


def test_a_state_that_nobody_may_read_is_there_all_the_same() -> None:
    assert hits(digest_without_state, code=looked_through(state(digest=DENIED))) == ()


def test_what_may_not_be_listed_is_unknown() -> None:
    unlisted = looked_through(state(digest=DENIED, there=False), bucket_unread=DENIED)
    assert unknown(digest_without_state, code=unlisted) == (DENIED,)
    without_items = looked_through(state(digest=None), tables_unread=DENIED)
    assert unknown(digest_without_state, code=without_items) == (DENIED,)
