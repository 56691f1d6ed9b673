from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest

from holdfast.core.access import access_of
from holdfast.core.backends import Access, Backend, Endpoints, Locking, StateUse
from holdfast.core.declaration import Declaration, DeclaredAccount, DeclaredBackend
from holdfast.core.grouping import backends_of
from holdfast.core.repository import (
    Attribute,
    AttributeValue,
    BackendBlock,
    CachedBackend,
    Certainty,
    Computed,
    Configuration,
    Literal,
    LiteralValue,
    Origin,
    Place,
    Repository,
    Root,
)
from holdfast.core.source import SourceSpan

Argument: TypeAlias = "LiteralValue | Computed"
Given = Mapping[str, Argument]


def configuration(
    values: Given, *, path: str = "app", label: str = "", certainty: Certainty = Certainty.CERTAIN
) -> Configuration:
    attributes = (
        attribute(name, value if isinstance(value, Computed) else Literal(value), path, line)
        for line, (name, value) in enumerate(values.items(), start=3)
    )
    return Configuration(label=label, certainty=certainty, attributes=tuple(attributes))


def attribute(name: str, value: AttributeValue, path: str, line: int) -> Attribute:
    span = SourceSpan(f"{path}/main.tf", line, 5)
    return Attribute(name=name, value=value, span=span, origin=Origin.BLOCK)


def root(path: str, *configurations: Configuration, backend_type: str = "s3") -> Root:
    span = SourceSpan(f"{path}/main.tf", 2, 3)
    block = BackendBlock(type=backend_type, span=span, attributes=())
    return Root(
        path=path, place=Place.LIVE, span=span, blocks=(block,), configurations=configurations
    )


def simple(path: str, **values: Argument) -> Root:
    return root(path, configuration({"bucket": "b", "key": path, **values}, path=path))


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
    assert backend.account == account


@pytest.mark.parametrize(
    ("values", "access"),
    [
        ({"profile": "dev"}, Access(profile="dev")),
        (
            {"assume_role": {"role_arn": "r", "external_id": "e", "session_name": "s"}},
            Access(role_arn="r", external_id="e", session_name="s"),
        ),
        (
            {"role_arn": "r", "external_id": "e", "session_name": "s"},
            Access(role_arn="r", external_id="e", session_name="s"),
        ),
        (
            {"assume_role_with_web_identity": {"role_arn": "r", "web_identity_token_file": "/t"}},
            Access(role_arn="r", web_identity_token_file="/t"),
        ),
        (
            {"shared_config_files": ("a", "b"), "shared_credentials_file": "c"},
            Access(shared_config_files=("a", "b"), shared_credentials_files=("c",)),
        ),
        (
            {
                "endpoints": {"s3": "s", "dynamodb": "d", "sts": "t", "iam": "i"},
                "use_path_style": True,
            },
            Access(endpoints=Endpoints(s3="s", dynamodb="d", sts="t", iam="i"), path_style=True),
        ),
        (
            {"endpoint": "s", "dynamodb_endpoint": "d", "force_path_style": "true"},
            Access(endpoints=Endpoints(s3="s", dynamodb="d"), path_style=True),
        ),
        (
            {
                "use_fips_endpoint": True,
                "use_dualstack_endpoint": True,
                "insecure": True,
                "custom_ca_bundle": "/ca",
            },
            Access(fips=True, dual_stack=True, insecure=True, ca_bundle="/ca"),
        ),
        ({"profile": Computed("var.profile"), "access_key": "(sensitive)"}, Access()),
    ],
)
def test_the_way_to_a_backend_is_read_from_its_arguments(values: Given, access: Access) -> None:
    assert access_of(configuration(values)) == access


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
    )
    assert [each.key for each in prod.uses] == ["a"]
    assert unused == replace(
        prod,
        name="unused",
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
