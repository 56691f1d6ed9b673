from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CachedBackend, Computed, LiteralValue, Place, Root
from holdfast.core.source import SourceSpan
from holdfast.rules.cached_backend_differs import (
    ADVICE_LOCK,
    ADVICE_PLACE,
    cached_backend_differs,
)
from tests.rules.fleets import BUCKET, TABLE, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings

CACHE_PATH = "a/.terraform/terraform.tfstate"
# Terraform writes every argument of the backend, null for those that are not set.
UNSET: dict[str, LiteralValue] = {
    "dynamodb_table": None,
    "region": None,
    "use_lockfile": None,
    "workspace_key_prefix": None,
}


def cache(*, type: str = "s3", **changes: LiteralValue) -> CachedBackend:  # noqa: A002 - the field's own name
    return CachedBackend(path=CACHE_PATH, type=type, config=UNSET | settings() | changes)


def cached_root(cached: CachedBackend) -> Root:
    return root("a", settings=settings(), cache=cached)


@pytest.mark.parametrize(
    "cached",
    [
        cache(),
        cache(region=None),
        cache(use_lockfile=False),
        cache(workspace_key_prefix="env:"),
        cache(profile="somebody", encrypt=False),
        cache(dynamodb_table=f"arn:aws:dynamodb:eu-west-1:111111111111:table/{TABLE}"),
    ],
)
def test_a_cache_that_means_the_same_is_fine(cached: CachedBackend) -> None:
    assert hits(cached_backend_differs, code=fleet(cached_root(cached))) == ()


def test_a_directory_that_was_never_initialised_is_fine() -> None:
    assert hits(cached_backend_differs, code=fleet(root("a"))) == ()


def test_another_place_is_the_danger_of_a_plan_against_another_state() -> None:
    code = fleet(cached_root(cache(bucket="old", key="old/terraform.tfstate")))
    assert hits(cached_backend_differs, code=code) == (
        Hit(
            message="`a` is initialised with another `bucket` and `key` than its code names",
            evidence=(
                Evidence(label="cache", text="bucket `old`", span=SourceSpan(CACHE_PATH)),
                Evidence(
                    label="cache", text="key `old/terraform.tfstate`", span=SourceSpan(CACHE_PATH)
                ),
                Evidence(
                    label="code", text=f"bucket `{BUCKET}`", span=SourceSpan("a/backend.tf", 3, 5)
                ),
                Evidence(
                    label="code",
                    text="key `network/terraform.tfstate`",
                    span=SourceSpan("a/backend.tf", 4, 5),
                ),
            ),
            advice=ADVICE_PLACE,
            subject="a",
            backend=BUCKET,
        ),
    )


def test_another_lock_is_the_one_that_plan_takes() -> None:
    code = fleet(cached_root(cache(dynamodb_table=None, use_lockfile=True)))
    assert hits(cached_backend_differs, code=code) == (
        Hit(
            message=(
                "`a` is initialised with another `dynamodb_table` and `use_lockfile` than its code"
                " names"
            ),
            evidence=(
                Evidence(label="cache", text="dynamodb_table not set", span=SourceSpan(CACHE_PATH)),
                Evidence(label="cache", text="use_lockfile `true`", span=SourceSpan(CACHE_PATH)),
                Evidence(
                    label="code",
                    text=f"dynamodb_table `{TABLE}`",
                    span=SourceSpan("a/backend.tf", 7, 5),
                ),
                Evidence(label="code", text="use_lockfile not set", span=SourceSpan("a")),
            ),
            advice=ADVICE_LOCK,
            subject="a",
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize(
    ("cached", "argument"),
    [
        (cache(region="us-east-1"), "region"),
        (cache(workspace_key_prefix="ws"), "workspace_key_prefix"),
    ],
)
def test_region_and_workspace_prefix_are_part_of_the_place(
    cached: CachedBackend, argument: str
) -> None:
    (hit,) = hits(cached_backend_differs, code=fleet(cached_root(cached)))
    assert (hit.message, hit.advice) == (
        f"`a` is initialised with another `{argument}` than its code names",
        ADVICE_PLACE,
    )


STORE = "https://store.example"


@pytest.mark.parametrize("said", [{"endpoints": {"s3": STORE}}, {"endpoint": STORE}])
def test_another_store_behind_another_endpoint_is_another_place(
    said: dict[str, LiteralValue],
) -> None:
    of_aws = root("a", settings=settings(**said), cache=cache(endpoints={"s3": None}))
    (hit,) = hits(cached_backend_differs, code=fleet(of_aws))
    assert (hit.message, hit.advice) == (
        "`a` is initialised with another `endpoints.s3` than its code names",
        ADVICE_PLACE,
    )
    assert [each.text for each in hit.evidence] == [
        "endpoints.s3 not set",
        f"endpoints.s3 `{STORE}`",
    ]
    same = root("a", settings=settings(**said), cache=cache(endpoints={"s3": STORE, "sts": None}))
    assert hits(cached_backend_differs, code=fleet(same)) == ()


def test_an_endpoint_that_was_given_to_init_is_not_compared() -> None:
    code = fleet(cached_root(cache(endpoints={"s3": STORE})))
    assert hits(cached_backend_differs, code=code) == ()


def test_one_of_several_configurations_that_agrees_is_enough() -> None:
    dev, prod = partial("a/dev.hcl", settings("dev")), partial("a/prod.hcl", settings("prod"))
    code = fleet(partial_root("a", dev, prod, cache=cache(key="prod")))
    assert hits(cached_backend_differs, code=code) == ()


def test_the_nearest_of_several_configurations_is_compared() -> None:
    dev = partial("a/dev.hcl", settings("dev", bucket="dev"))
    prod = partial("a/prod.hcl", settings("prod"))
    code = fleet(partial_root("a", dev, prod, cache=cache(key="old")))
    (hit,) = hits(cached_backend_differs, code=code)
    assert [each.span.path for each in hit.evidence if each.span] == [CACHE_PATH, "a/prod.hcl"]


def test_what_the_code_leaves_to_init_or_to_an_expression_is_not_compared() -> None:
    incomplete = partial("", {"key": "network/terraform.tfstate"})
    computed = partial("b/backend.hcl", settings() | {"key": Computed("local.key")})
    code = fleet(
        partial_root("a", incomplete, cache=cache(bucket="given")),
        partial_root("b", computed, cache=cache(key="given")),
    )
    assert hits(cached_backend_differs, code=code) == ()


def test_another_type_of_backend_is_shown() -> None:
    code = fleet(cached_root(cache(type="azurerm")))
    assert hits(cached_backend_differs, code=code) == (
        Hit(
            message="`a` is initialised against `azurerm`, and its code names `s3`",
            evidence=(
                Evidence(label="cache", text="`azurerm`", span=SourceSpan(CACHE_PATH)),
                Evidence(label="code", text="`s3`", span=SourceSpan("a")),
            ),
            advice=ADVICE_PLACE,
            subject="a",
        ),
    )


def test_a_block_that_was_taken_out_leaves_the_cache_behind() -> None:
    bare = replace(cached_root(cache()), blocks=(), configurations=())
    (hit,) = hits(cached_backend_differs, code=fleet(bare))
    assert hit.message == "`a` is initialised against `s3`, and its code names no backend"


def test_caches_of_examples_and_of_directories_without_code_are_fine() -> None:
    example = replace(cached_root(cache(key="old")), place=Place.EXAMPLE)
    deserted = replace(
        cached_root(cache()), blocks=(), configurations=(), has_resources=False, path="b"
    )
    assert hits(cached_backend_differs, code=fleet(example, deserted)) == ()
