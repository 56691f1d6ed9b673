from dataclasses import replace

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CachedBackend, Place
from holdfast.core.source import SourceSpan
from holdfast.rules.key_collision import ADVICE, key_collision
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings

KEY = "shared/terraform.tfstate"


def test_roots_with_keys_of_their_own_do_not_collide() -> None:
    assert hits(key_collision, code=fleet(root("a"), root("b"))) == ()


def test_one_key_in_two_buckets_is_no_collision() -> None:
    code = fleet(
        root("a", settings=settings(KEY)), root("b", settings=settings(KEY, bucket="other"))
    )
    assert hits(key_collision, code=code) == ()


def test_one_bucket_name_behind_two_endpoints_is_no_collision() -> None:
    elsewhere = settings(KEY, endpoints={"s3": "https://minio.example"})
    code = fleet(root("a", settings=settings(KEY)), root("b", settings=elsewhere))
    assert hits(key_collision, code=code) == ()


def test_one_key_with_two_workspace_prefixes_is_no_collision() -> None:
    code = fleet(
        *(root(each, settings=settings(KEY, workspace_key_prefix=each)) for each in ("a", "b"))
    )
    assert hits(key_collision, code=code) == ()


def test_two_roots_with_one_state_collide_and_their_comments_are_shown() -> None:
    code = fleet(
        root("a", settings=settings(KEY), comments=("Phase 1 fallback:", "keep the old path.")),
        root("b", settings=settings(KEY)),
    )
    assert hits(key_collision, code=code) == (
        Hit(
            message=f"2 roots use the state `{KEY}` in `{BUCKET}`",
            evidence=(
                Evidence(label="root", text="`a`", span=SourceSpan("a/backend.tf", 4, 5)),
                Evidence(label="root", text="`b`", span=SourceSpan("b/backend.tf", 4, 5)),
                Evidence(
                    label="comment",
                    text="Phase 1 fallback: keep the old path.",
                    span=SourceSpan("a/backend.tf", 2, 3),
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_a_key_that_spells_a_workspace_of_another_root_collides() -> None:
    code = fleet(root("a", settings=settings(f"env:/dev/{KEY}")), root("b", settings=settings(KEY)))
    assert hits(key_collision, code=code) == (
        Hit(
            message=f"2 roots use the state `env:/dev/{KEY}` in `{BUCKET}`",
            evidence=(
                Evidence(label="root", text="`a`", span=SourceSpan("a/backend.tf", 4, 5)),
                Evidence(
                    label="root",
                    text="`b` in its workspace `dev`",
                    span=SourceSpan("b/backend.tf", 4, 5),
                ),
            ),
            advice=ADVICE,
            subject=f"env:/dev/{KEY}",
            backend=BUCKET,
        ),
    )


def test_an_empty_workspace_prefix_makes_every_first_segment_a_workspace() -> None:
    code = fleet(
        root("a", settings=settings("dev/terraform.tfstate")),
        root("b", settings=settings("terraform.tfstate", workspace_key_prefix="")),
    )
    assert [hit.subject for hit in hits(key_collision, code=code)] == ["dev/terraform.tfstate"]


def test_a_workspace_is_one_segment_of_the_key() -> None:
    code = fleet(
        root("a", settings=settings(f"env:/dev/eu/{KEY}")), root("b", settings=settings(KEY))
    )
    assert hits(key_collision, code=code) == ()


def test_two_roots_in_the_same_workspace_are_one_collision() -> None:
    def cache(path: str) -> CachedBackend:
        return CachedBackend(
            path=f"{path}/.terraform/terraform.tfstate",
            type="s3",
            config=settings(KEY),
            workspace="dev",
        )

    code = fleet(*(root(each, settings=settings(KEY), cache=cache(each)) for each in ("a", "b")))
    assert [hit.subject for hit in hits(key_collision, code=code)] == [KEY]


def test_two_environments_of_one_root_with_one_key_collide() -> None:
    code = fleet(
        partial_root(
            "app",
            partial("app/dev.hcl", settings(KEY)),
            partial("app/prod.hcl", settings(KEY)),
        )
    )
    assert hits(key_collision, code=code) == (
        Hit(
            message=f"2 configurations of `app` use the state `{KEY}` in `{BUCKET}`",
            evidence=(
                Evidence(
                    label="root",
                    text="`app` with `app/dev.hcl`",
                    span=SourceSpan("app/dev.hcl", 2, 1),
                ),
                Evidence(
                    label="root",
                    text="`app` with `app/prod.hcl`",
                    span=SourceSpan("app/prod.hcl", 2, 1),
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_two_ways_to_one_state_of_one_root_are_no_collision() -> None:
    code = fleet(
        partial_root(
            "prod/app",
            partial("prod/app/ci.hcl", settings(KEY, profile="ci")),
            partial("prod/app/local.hcl", settings(KEY)),
            partial("prod/app/production.hcl", settings(KEY)),
        )
    )
    assert hits(key_collision, code=code) == ()


def test_examples_that_collide_are_set_apart() -> None:
    code = fleet(
        root("a", settings=settings(KEY)),
        root("examples/a", settings=settings(KEY), place=Place.EXAMPLE),
    )
    assert hits(key_collision, code=code) == (
        Hit(
            message=f"2 roots use the state `{KEY}` in `{BUCKET}`",
            evidence=(
                Evidence(label="root", text="`a`", span=SourceSpan("a/backend.tf", 4, 5)),
                Evidence(
                    label="root",
                    text="`examples/a`",
                    span=SourceSpan("examples/a/backend.tf", 4, 5),
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            apart=True,
        ),
    )


def test_an_example_that_repeats_a_real_collision_adds_nothing() -> None:
    code = fleet(
        root("a", settings=settings(KEY)),
        root("b", settings=settings(KEY)),
        root("examples/a", settings=settings(KEY), place=Place.EXAMPLE),
    )
    assert [hit.apart for hit in hits(key_collision, code=code)] == [False]


def test_a_backend_that_was_not_asked_about_is_left_alone() -> None:
    code = fleet(root("a", settings=settings(KEY)), root("b", settings=settings(KEY)))
    assert hits(key_collision, code=replace(code, backends=())) == ()
