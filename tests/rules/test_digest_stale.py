from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.findings import Evidence, Finding, Hit
from holdfast.core.fleet import Fleet
from holdfast.rules.digest_stale import ADVICE, digest_stale
from tests.rules.fleets import BUCKET, DENIED, KEY, REGION, TABLE, hits, judged, root, unknown
from tests.rules.states import LINEAGE, MISSING, OLD_KEY, STALE, looked_through, state

UNREAD = Withheld(reason=Reason.PERMISSION, permission="s3:GetObject")


def test_a_digest_that_fits_or_is_none_is_fine() -> None:
    assert hits(digest_stale, code=looked_through(state())) == ()
    assert hits(digest_stale, code=looked_through(state(digest=None))) == ()
    invalid = Known(DigestVerdict.INVALID)  # engines skip their check
    assert hits(digest_stale, code=looked_through(state(digest=invalid))) == ()


def test_a_digest_of_other_bytes_blocks_its_root() -> None:
    assert hits(digest_stale, code=looked_through(state(digest=STALE))) == (
        Hit(
            message=f"the digest of `{KEY}` in table `{TABLE}` is not that of its bytes",
            evidence=(
                Evidence(label="table", text=f"`{TABLE}`"),
                Evidence(
                    label="state",
                    text=(
                        f"`{BUCKET}/{KEY}`: serial 7, lineage {LINEAGE}, engine 1.11.4, 3 resources,"
                        " written 2026-11-20, used by `network`"
                    ),
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_a_digest_by_name_is_that_of_a_root_with_the_arn() -> None:
    arn = f"arn:aws:dynamodb:{REGION}:111111111111:table/{TABLE}"
    by_arn = root(settings={"bucket": BUCKET, "key": KEY, "dynamodb_table": arn})
    (hit,) = hits(digest_stale, code=looked_through(state(digest=STALE), roots=[by_arn]))
    assert hit.subject == KEY


def test_other_rules_speak_of_what_no_root_compares_and_of_what_is_not_there() -> None:
    code = looked_through(
        state(digest=MISSING, there=False),
        state(OLD_KEY, digest=STALE),
    )
    assert hits(digest_stale, code=code) == ()
    lock_file = root(settings={"bucket": BUCKET, "key": KEY, "use_lockfile": True})
    code = looked_through(state(digest=STALE), roots=[lock_file])
    assert hits(digest_stale, code=code) == ()


def test_bytes_that_may_not_be_read_leave_the_digest_unknown() -> None:
    assert unknown(digest_stale, code=looked_through(state(digest=UNREAD))) == (UNREAD,)


def test_a_table_or_a_bucket_that_may_not_be_listed_is_unknown_and_what_was_seen_stays() -> None:
    for code in (
        looked_through(state(digest=STALE), bucket_unread=DENIED),
        looked_through(state(digest=STALE), tables_unread=DENIED),
    ):
        assert unknown(digest_stale, code=code) == (DENIED,)
        assert len(judged_hits(code)) == 1


def judged_hits(code: Fleet) -> list[Finding]:
    return [each for each in judged(digest_stale, code=code) if isinstance(each, Finding)]
