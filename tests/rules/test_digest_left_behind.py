from holdfast.core.findings import Evidence, Hit
from holdfast.rules.digest_left_behind import ADVICE, digest_left_behind
from tests.rules.fleets import BUCKET, DENIED, KEY, TABLE, hits, root, unknown
from tests.rules.states import MISSING, OLD_KEY, RIGHT, STALE, looked_through, state

LOCK_FILE = root(settings={"bucket": BUCKET, "key": KEY, "use_lockfile": True})


def test_digests_that_fit_are_fine_whoever_uses_them() -> None:
    code = looked_through(state(), state(OLD_KEY, digest=RIGHT))
    assert hits(digest_left_behind, code=code) == ()


def test_other_rules_speak_of_digests_that_a_root_compares() -> None:
    for digest, there in ((STALE, True), (MISSING, False)):
        code = looked_through(state(digest=digest, there=there))
        assert hits(digest_left_behind, code=code) == ()


def test_a_root_that_went_on_to_the_lock_file_leaves_a_stale_digest() -> None:
    code = looked_through(state(digest=STALE), roots=[LOCK_FILE])
    assert hits(digest_left_behind, code=code) == (
        Hit(
            message=f"table `{TABLE}` has 1 digest that no root here uses and that would refuse whoever did",
            evidence=(Evidence(label="digest", text=f"`{BUCKET}/{KEY}`: its bytes are others"),),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_what_is_left_is_told_once_for_each_table() -> None:
    code = looked_through(
        state("a.tfstate", digest=STALE),
        state("b.tfstate", digest=MISSING, there=False),
        state("c.tfstate", digest=STALE, table="other"),
    )
    found = hits(digest_left_behind, code=code)
    assert [(hit.subject, [each.text for each in hit.evidence]) for hit in found] == [
        (
            "",
            [
                f"`{BUCKET}/a.tfstate`: its bytes are others",
                f"`{BUCKET}/b.tfstate`: there is no such state",
            ],
        ),
        ("c.tfstate", [f"`{BUCKET}/c.tfstate`: its bytes are others"]),
    ]


def test_what_may_not_be_read_is_unknown() -> None:
    unread = looked_through(state(OLD_KEY, digest=DENIED))
    assert unknown(digest_left_behind, code=unread) == (DENIED,)
    assert unknown(digest_left_behind, code=looked_through(tables_unread=DENIED)) == (DENIED,)
