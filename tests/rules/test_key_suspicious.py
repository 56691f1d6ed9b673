from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.key_suspicious import ADVICE, ADVICE_ALIKE, key_suspicious
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings


def test_plain_keys_are_fine() -> None:
    code = fleet(root("a"), root("b", settings=settings("b/03.5-x/terraform.tfstate")))
    assert hits(key_suspicious, code=code) == ()


def test_a_key_is_reported_once_with_all_its_traps_and_users() -> None:
    key = "env:/dev/../a.tflock"
    code = fleet(root("a", settings=settings(key)), root("b", settings=settings(key)))
    assert hits(key_suspicious, code=code) == (
        Hit(
            message=(
                f"the key `{key}` has the segment `..`, which the engines resolve in workspace"
                " paths and S3 does not; it begins with `env:/`, where the states of workspaces"
                " are; it ends with `.tflock` as lock files do"
            ),
            evidence=(
                Evidence(label="root", text="`a`", span=SourceSpan("a/backend.tf", 4, 5)),
                Evidence(label="root", text="`b`", span=SourceSpan("b/backend.tf", 4, 5)),
            ),
            advice=ADVICE,
            subject=key,
            backend=BUCKET,
        ),
    )


def test_a_prefix_of_its_own_makes_the_usual_one_an_ordinary_name() -> None:
    code = fleet(root("a", settings=settings("env:/dev/a", workspace_key_prefix="ws")))
    assert hits(key_suspicious, code=code) == ()


def test_keys_that_differ_in_case_alone_are_shown_together() -> None:
    code = fleet(
        root("a", settings=settings("App/terraform.tfstate")),
        root("b", settings=settings("app/terraform.tfstate")),
        root("c"),
    )
    assert hits(key_suspicious, code=code) == (
        Hit(
            message=(
                "the keys `App/terraform.tfstate` and `app/terraform.tfstate` differ in upper and"
                " lower case alone"
            ),
            evidence=(
                Evidence(
                    label="root",
                    text="`a`: `App/terraform.tfstate`",
                    span=SourceSpan("a/backend.tf", 4, 5),
                ),
                Evidence(
                    label="root",
                    text="`b`: `app/terraform.tfstate`",
                    span=SourceSpan("b/backend.tf", 4, 5),
                ),
            ),
            advice=ADVICE_ALIKE,
            subject="App/terraform.tfstate",
            backend=BUCKET,
        ),
    )


def test_keys_of_two_buckets_are_not_compared() -> None:
    code = fleet(
        root("a", settings=settings("App/terraform.tfstate")),
        root("b", settings=settings("app/terraform.tfstate", bucket="other")),
    )
    assert hits(key_suspicious, code=code) == ()
