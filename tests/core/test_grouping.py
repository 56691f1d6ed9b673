from dataclasses import replace

import pytest

from holdfast.core.backends import Access, Backend, Locking, StateUse
from holdfast.core.grouping import backends_of
from holdfast.core.repository import (
    CachedBackend,
    Certainty,
    Computed,
    LiteralValue,
    Place,
    Repository,
    Root,
)
from holdfast.core.source import SourceSpan
from tests.core.configurations import Given, configuration, root, simple


def backends(*roots: Root, region_default: str | None = None) -> tuple[Backend, ...]:
    return backends_of(Repository(roots=roots), None, region_default=region_default)


def use(path: str) -> StateUse:
    return StateUse(
        root_path=path,
        label="",
        key=path,
        workspace_prefix="env:",
        workspaces=(),
        locking=Locking.NONE,
        table=None,
        region=None,
        encrypt=False,
        kms_key=None,
        span=SourceSpan(f"{path}/main.tf", 4, 5),
    )


def test_roots_that_name_one_bucket_are_one_backend() -> None:
    assert backends(simple("a"), simple("b"), simple("c", bucket="other")) == (
        Backend(
            name="b",
            bucket="b",
            region=None,
            tables=(),
            locking=Locking.NONE,
            access=Access(),
            account=None,
            declared=False,
            uses=(use("a"), use("b")),
            span=SourceSpan("a/main.tf", 3, 5),
        ),
        Backend(
            name="other",
            bucket="other",
            region=None,
            tables=(),
            locking=Locking.NONE,
            access=Access(),
            account=None,
            declared=False,
            uses=(use("c"),),
            span=SourceSpan("c/main.tf", 3, 5),
        ),
    )


def test_a_use_says_everything_about_its_state() -> None:
    values: Given = {
        "bucket": "b",
        "key": "k",
        "region": "eu-west-1",
        "dynamodb_table": "t",
        "use_lockfile": "true",
        "encrypt": True,
        "kms_key_id": "alias/k",
        "workspace_key_prefix": "ws",
    }
    cache = CachedBackend(path="c", type="s3", config={"bucket": "b", "key": "k"}, workspace="dev")
    (backend,) = backends(replace(root("a", configuration(values, label="l")), cache=cache))
    assert backend.uses == (
        StateUse(
            root_path="a",
            label="l",
            key="k",
            workspace_prefix="ws",
            workspaces=("dev",),
            locking=Locking.BOTH,
            table="t",
            region="eu-west-1",
            encrypt=True,
            kms_key="alias/k",
            span=SourceSpan("app/main.tf", 4, 5),
        ),
    )
    assert backend.keys == ("k", "ws/dev/k")
    assert (backend.region, backend.tables, backend.locking) == ("eu-west-1", ("t",), Locking.BOTH)


@pytest.mark.parametrize(
    "cache",
    [
        CachedBackend(path="c", type="s3", config={"bucket": "x", "key": "a"}, workspace="dev"),
        CachedBackend(path="c", type="s3", config={"bucket": "b", "key": "x"}, workspace="dev"),
        CachedBackend(path="c", type="local", config={}, workspace="dev"),
        CachedBackend(path="c", type="s3", config={"bucket": "b", "key": "a"}),
    ],
    ids=["other bucket", "other key", "other type", "default workspace"],
)
def test_a_cache_of_something_else_names_no_workspace(cache: CachedBackend) -> None:
    (backend,) = backends(replace(simple("a"), cache=cache))
    assert backend.uses == (use("a"),)


def test_an_empty_workspace_prefix_leaves_no_slash() -> None:
    cache = CachedBackend(path="c", type="s3", config={"bucket": "b", "key": "a"}, workspace="dev")
    (backend,) = backends(replace(simple("a", workspace_key_prefix=""), cache=cache))
    assert backend.keys == ("a", "dev/a")


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        (["dynamodb", "dynamodb", "lockfile"], Locking.DYNAMODB),
        (["none", "lockfile"], Locking.LOCKFILE),
        (["dynamodb", "both"], Locking.BOTH),
        (["none"], Locking.NONE),
    ],
)
def test_the_locking_of_a_backend_is_what_most_of_its_uses_say(
    modes: list[str], expected: Locking
) -> None:
    arguments: dict[str, dict[str, LiteralValue]] = {
        "none": {"dynamodb_table": "", "use_lockfile": False},
        "dynamodb": {"dynamodb_table": "t"},
        "lockfile": {"use_lockfile": True, "dynamodb_table": None},
        "both": {"dynamodb_table": "t", "use_lockfile": True},
    }
    roots = [simple(str(number), **arguments[mode]) for number, mode in enumerate(modes)]
    (backend,) = backends(*roots)
    assert backend.locking is expected


def test_a_computed_table_locks_although_its_name_is_not_known() -> None:
    (backend,) = backends(simple("a", dynamodb_table=Computed("var.table")))
    assert (backend.locking, backend.tables) == (Locking.DYNAMODB, ())


def test_every_table_and_most_regions_are_kept() -> None:
    (backend,) = backends(
        simple("a", region="us-east-1", dynamodb_table="one"),
        simple("b", region="eu-west-1", dynamodb_table="two"),
        simple("c", region="eu-west-1", dynamodb_table="one"),
        region_default="ap-south-1",
    )
    assert (backend.region, backend.tables) == ("eu-west-1", ("one", "two"))


def test_the_region_of_the_environment_stands_in() -> None:
    (backend,) = backends(simple("a"), region_default="ap-south-1")
    assert (backend.region, backend.uses[0].region) == ("ap-south-1", None)


def test_one_bucket_name_behind_two_endpoints_is_two_backends() -> None:
    found = backends(
        simple("a"),
        simple("b", endpoints={"s3": "http://minio:9000"}),
        simple("c", endpoint="http://minio:9000"),
    )
    assert [(each.name, len(each.uses)) for each in found] == [
        ("b", 1),
        ("b at http://minio:9000", 2),
    ]


@pytest.mark.parametrize(
    "given",
    [
        replace(simple("a"), place=Place.EXAMPLE),
        simple("a", bucket=Computed("var.bucket")),
        simple("a", bucket=""),
        root("a", configuration({"key": "k"})),
        root("a", configuration({"bucket": "b", "prefix": "p"}), backend_type="gcs"),
    ],
    ids=["example", "computed bucket", "empty bucket", "no bucket", "other backend"],
)
def test_what_names_no_bucket_makes_no_backend(given: Root) -> None:
    assert backends(given) == ()


def test_a_known_bucket_without_a_known_key_is_a_backend_without_use() -> None:
    (backend,) = backends(simple("a", key=Computed("var.key")))
    assert (backend.bucket, backend.uses) == ("b", ())


def test_a_candidate_makes_its_bucket_known_and_is_no_use() -> None:
    candidate = configuration(
        {"bucket": "b", "key": "x", "region": "us-east-1", "dynamodb_table": "t"},
        certainty=Certainty.CANDIDATE,
    )
    (alone,) = backends(root("c", candidate))
    assert (alone.uses, alone.region, alone.tables) == ((), "us-east-1", ("t",))
    (together,) = backends(root("c", candidate), simple("a", region="eu-west-1"))
    assert (together.uses, together.region, together.tables) == (
        (replace(use("a"), region="eu-west-1"),),
        "eu-west-1",
        (),
    )


@pytest.mark.parametrize(
    ("allowed", "account"),
    [
        (("111111111111",), "111111111111"),
        (("111111111111", "222222222222"), None),
        ((), None),
        (None, None),
    ],
)
def test_the_account_is_the_only_one_that_is_allowed(
    allowed: tuple[str, ...] | None, account: str | None
) -> None:
    (backend,) = backends(simple("a", allowed_account_ids=allowed), simple("b"))
    assert (backend.account, backend.accounts_allowed) == (account, allowed or ())


def test_each_account_that_a_root_allows_is_a_right_one_and_each_forbidden_one_is_wrong() -> None:
    (backend,) = backends(
        simple("a", allowed_account_ids=("222222222222", "111111111111")),
        simple("b", allowed_account_ids=("333333333333",)),
        simple("c", forbidden_account_ids=("999999999999",)),
        simple("d", forbidden_account_ids=("888888888888", "999999999999")),
    )
    assert (backend.account, backend.accounts_allowed, backend.accounts_forbidden) == (
        None,
        ("111111111111", "222222222222", "333333333333"),
        ("888888888888", "999999999999"),
    )
