from holdfast.core.backends import Access, Locking
from holdfast.core.declaration import Declaration, DeclaredAccount, DeclaredBackend
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_table_split import ADVICE, lock_table_split
from tests.rules.fleets import ACCOUNT, BUCKET, REGION, TABLE, fleet, hits, root
from tests.rules.partial_files import settings


def test_one_table_for_all_roots_of_a_bucket_is_fine() -> None:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
    code = fleet(root("a"), root("b"), root("c", settings=settings("c", dynamodb_table=arn)))
    assert hits(lock_table_split, code=code) == ()


def test_two_buckets_may_have_a_table_each() -> None:
    other = settings("b", bucket="other", dynamodb_table="other-locks")
    assert hits(lock_table_split, code=fleet(root("a"), root("b", settings=other))) == ()


def test_two_tables_over_one_bucket_are_shown_with_their_roots() -> None:
    code = fleet(
        root("a"), root("b", settings=settings("b", dynamodb_table="old-locks")), root("c")
    )
    assert hits(lock_table_split, code=code) == (
        Hit(
            message=f"2 lock tables serve `{BUCKET}`: `{TABLE}` and `old-locks`",
            evidence=(
                Evidence(
                    label="root", text=f"`a`: `{TABLE}`", span=SourceSpan("a/backend.tf", 6, 5)
                ),
                Evidence(
                    label="root", text=f"`c`: `{TABLE}`", span=SourceSpan("c/backend.tf", 6, 5)
                ),
                Evidence(
                    label="root", text="`b`: `old-locks`", span=SourceSpan("b/backend.tf", 7, 5)
                ),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_a_table_that_only_the_declaration_names_counts() -> None:
    span = SourceSpan("holdfast.yaml", 9, 3)
    account = DeclaredAccount(name="dev", account=ACCOUNT, access=Access(), span=span)
    declared = DeclaredBackend(
        name="dev",
        account=account,
        region=REGION,
        locking=Locking.DYNAMODB,
        bucket=BUCKET,
        table="declared-locks",
        kms_key=None,
        account_regional=False,
        tags=(),
        span=span,
    )
    code = fleet(root("a"), declaration=Declaration(path="holdfast.yaml", backends=(declared,)))
    assert hits(lock_table_split, code=code) == (
        Hit(
            message=f"2 lock tables serve `{BUCKET}`: `declared-locks` and `{TABLE}`",
            evidence=(
                Evidence(label="backend", text="`dev`: `declared-locks`", span=span),
                Evidence(
                    label="root", text=f"`a`: `{TABLE}`", span=SourceSpan("a/backend.tf", 6, 5)
                ),
            ),
            advice=ADVICE,
            backend="dev",
        ),
    )
