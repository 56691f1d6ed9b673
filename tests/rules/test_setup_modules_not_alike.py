from dataclasses import replace

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CreatedKind, Creation, Place, SetupModule, SetupPart
from holdfast.core.source import SourceSpan
from holdfast.rules.setup_modules_not_alike import setup_modules_not_alike
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings

OTHER = "other-state"
OTHER_ROOT = root("other", settings=settings(bucket=OTHER, region="us-east-1"))
VERSIONING = "aws_s3_bucket_versioning"
PROTECTION = "aws_dynamodb_table.deletion_protection_enabled"


def module(path: str, bucket: str, *kinds: str) -> SetupModule:
    """Return a complete module with a part of each kind, one on each line."""
    creations = (
        Creation(
            kind=kind,
            address="x.y",
            name=bucket if kind is CreatedKind.BUCKET else None,
            expression="",
            span=SourceSpan(f"{path}/main.tf", 1, 1),
        )
        for kind in (CreatedKind.BUCKET, CreatedKind.LOCK_TABLE)
    )
    return SetupModule(
        path=path,
        place=Place.LIVE,
        creations=tuple(creations),
        files=(f"{path}/main.tf",),
        backend_type="local",
        region=None,
        parts=tuple(
            SetupPart(kind=kind, address="x.y", span=SourceSpan(f"{path}/main.tf", number, 1))
            for number, kind in enumerate(kinds, start=1)
        ),
    )


WHOLE = module("a/setup", BUCKET, "aws_s3_bucket", VERSIONING, PROTECTION)


def test_modules_that_do_the_same_under_other_names_are_alike() -> None:
    same = module("b/setup", OTHER, "aws_s3_bucket", VERSIONING, PROTECTION)
    assert (
        hits(setup_modules_not_alike, code=fleet(root(), OTHER_ROOT, setup_modules=(WHOLE, same)))
        == ()
    )


def test_a_module_that_does_less_is_named_with_the_lines_that_it_lacks() -> None:
    poorer = module("b/setup", OTHER, "aws_s3_bucket")
    code = fleet(root(), OTHER_ROOT, setup_modules=(WHOLE, poorer))
    assert hits(setup_modules_not_alike, code=code) == (
        Hit(
            message="`b/setup` does not do all that `a/setup` does: 2 differences",
            evidence=(
                Evidence(label="module", text="`b/setup`", span=SourceSpan("b/setup")),
                Evidence(
                    label="only here",
                    text=f"`{VERSIONING}`",
                    span=SourceSpan("a/setup/main.tf", 2, 1),
                ),
                Evidence(
                    label="only here",
                    text=f"`{PROTECTION}`",
                    span=SourceSpan("a/setup/main.tf", 3, 1),
                ),
            ),
            advice=(
                "Write what is missing into the module:"
                " `holdfast generate setup other-state` shows a whole one."
            ),
            subject="b/setup",
            backend=OTHER,
        ),
    )


def test_what_each_of_two_modules_does_alone_is_shown_of_both() -> None:
    other = module("b/setup", OTHER, "aws_s3_bucket", "aws_kms_key")
    (hit,) = hits(
        setup_modules_not_alike, code=fleet(root(), OTHER_ROOT, setup_modules=(WHOLE, other))
    )
    assert hit.message == "`b/setup` and `a/setup` do not create the same: 3 differences"
    assert [str(each.span) for each in hit.evidence] == [
        "b/setup",
        "a/setup/main.tf:2",
        "a/setup/main.tf:3",
        "b/setup/main.tf:2",
    ]


def test_a_table_that_one_backend_does_not_have_makes_no_difference() -> None:
    without_table = root(
        "other", settings=settings(bucket=OTHER, region="us-east-1", dynamodb_table=None)
    )
    poorer = module("b/setup", OTHER, "aws_s3_bucket", VERSIONING)
    code = fleet(root(), without_table, setup_modules=(WHOLE, poorer))
    assert hits(setup_modules_not_alike, code=code) == ()


def test_one_module_alone_and_one_that_only_shows_something_are_not_compared() -> None:
    example = replace(module("examples/setup", OTHER), place=Place.EXAMPLE)
    code = fleet(root(), OTHER_ROOT, setup_modules=(WHOLE, example))
    assert hits(setup_modules_not_alike, code=code) == ()
