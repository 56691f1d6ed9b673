from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import Computed
from holdfast.core.source import SourceSpan
from holdfast.rules.region_missing import region_missing
from tests.rules.fleets import BUCKET, REGION, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings


def test_a_region_that_is_set_is_fine() -> None:
    assert hits(region_missing, code=fleet(root("a"))) == ()


def test_a_region_that_is_an_expression_is_not_missing() -> None:
    open_region = settings() | {"region": Computed("local.region")}
    code = fleet(partial_root("a", partial("a/backend.hcl", open_region)))
    assert hits(region_missing, code=code) == ()


def test_a_root_without_region_is_told_to_set_that_of_the_bucket() -> None:
    code = fleet(root("a", settings=settings(region=None)))
    assert hits(region_missing, code=code) == (
        Hit(
            message=f"`a` names no region for `{BUCKET}`",
            evidence=(
                Evidence(
                    label="root", text="`a`: no `region`", span=SourceSpan("a/backend.tf", 3, 5)
                ),
            ),
            advice="Set `region` to the region of the bucket.",
            subject="a",
            backend=BUCKET,
        ),
    )


def test_roots_without_region_follow_the_others_of_their_backend() -> None:
    code = fleet(
        root("a", settings=settings("a", region=None)),
        root("b", settings=settings("b", region="")),
        root("c"),
    )
    assert hits(region_missing, code=code) == (
        Hit(
            message=f"2 roots name no region for `{BUCKET}`",
            evidence=(
                Evidence(
                    label="root", text="`a`: no `region`", span=SourceSpan("a/backend.tf", 3, 5)
                ),
                Evidence(
                    label="root", text="`b`: no `region`", span=SourceSpan("b/backend.tf", 5, 5)
                ),
            ),
            advice=f'Set `region = "{REGION}"`, as for the rest of the backend.',
            backend=BUCKET,
        ),
    )
