from dataclasses import replace

from holdfast.core.backends import Access, Backend, Endpoints, Locking
from holdfast.core.declaration import (
    Declaration,
    DeclaredAccount,
    DeclaredBackend,
    DeclaredBaseline,
)
from holdfast.core.grouping import backends_of
from holdfast.core.repository import Repository
from holdfast.core.source import SourceSpan
from tests.core.configurations import simple


def declared(name: str, bucket: str, *, access: Access | None = None) -> DeclaredBackend:
    account = DeclaredAccount(
        name="prod",
        account="222222222222",
        access=access or Access(profile="prod"),
        span=SourceSpan("holdfast.yaml", 5),
    )
    return DeclaredBackend(
        name=name,
        account=account,
        region="eu-central-1",
        locking=Locking.LOCKFILE,
        bucket=bucket,
        table="declared",
        kms_key="alias/wish",
        account_regional=True,
        tags=(("team", "platform"),),
        span=SourceSpan("holdfast.yaml", 9),
    )


def test_the_baseline_holds_for_every_backend_of_the_code_too() -> None:
    declaration = Declaration(
        path="holdfast.yaml",
        backends=(declared("prod", "b"),),
        baseline=DeclaredBaseline(kms_key="k", noncurrent_keep=50, noncurrent_days=90),
    )
    repository = Repository(roots=(simple("a", bucket="other"),))
    found = backends_of(repository, declaration, region_default=None)
    assert [
        (each.name, each.kms_key, each.noncurrent_keep, each.noncurrent_days) for each in found
    ] == [("other", None, 50, 90), ("prod", "alias/wish", 50, 90)]


def test_the_declaration_wins_for_access_account_and_region() -> None:
    declaration = Declaration(
        path="holdfast.yaml", backends=(declared("unused", "nobody"), declared("prod", "b"))
    )
    repository = Repository(
        roots=(
            simple(
                "a",
                profile="old",
                region="us-east-1",
                dynamodb_table="t",
                endpoints={"s3": "http://x"},
                use_path_style=True,
                allowed_account_ids=("222222222222", "333333333333"),
                forbidden_account_ids=("999999999999",),
            ),
        )
    )
    prod, unused = backends_of(repository, declaration, region_default=None)
    access = Access(profile="prod", endpoints=Endpoints(s3="http://x"), path_style=True)
    assert replace(prod, uses=()) == Backend(
        name="prod",
        bucket="b",
        region="eu-central-1",
        tables=("declared", "t"),
        locking=Locking.DYNAMODB,
        access=access,
        account="222222222222",
        declared=True,
        uses=(),
        span=SourceSpan("holdfast.yaml", 9),
        kms_key="alias/wish",
        account_regional=True,
        tags=(("team", "platform"),),
        accounts_allowed=("222222222222", "333333333333"),
        accounts_forbidden=("999999999999",),
    )
    assert [each.key for each in prod.uses] == ["a"]
    assert unused == replace(
        prod,
        name="unused",
        accounts_allowed=(),
        accounts_forbidden=(),
        bucket="nobody",
        tables=("declared",),
        locking=Locking.LOCKFILE,
        access=Access(profile="prod"),
        uses=(),
    )


def test_a_declared_endpoint_is_kept() -> None:
    access = Access(endpoints=Endpoints(s3="http://declared"))
    declaration = Declaration(path="h", backends=(declared("prod", "b", access=access),))
    (backend,) = backends_of(
        Repository(roots=(simple("a", endpoint="http://x"),)), declaration, region_default=None
    )
    assert backend.access == access


def test_names_stay_distinct_whatever_is_declared() -> None:
    same = tuple(declared("b", f"bucket-{number}") for number in range(3))
    found = backends_of(
        Repository(roots=(simple("a"),)),
        Declaration(path="h", backends=same),
        region_default="r",
    )
    assert [(each.name, each.bucket) for each in found] == [
        ("b", "b"),
        ("b at eu-central-1", "bucket-0"),
        ("b (2)", "bucket-1"),
        ("b (3)", "bucket-2"),
    ]
