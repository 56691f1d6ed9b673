import pytest

from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import EnginePin
from holdfast.core.source import SourceSpan
from holdfast.rules.lock_argument_deprecated import ADVICE, lock_argument_deprecated
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings


def required(version: Version) -> EnginePin:
    return EnginePin(
        engine=Engine(EngineName.TERRAFORM, version),
        statement=f"required_version = >= {version}",
        span=SourceSpan("versions.tf", 2, 3),
        exact=False,
    )


def version_file(engine: EngineName, version: Version) -> EnginePin:
    return EnginePin(
        engine=Engine(engine, version),
        statement=str(version),
        span=SourceSpan(".tool-versions", 1, 1),
        exact=True,
    )


TERRAFORM_1_12 = version_file(EngineName.TERRAFORM, Version(1, 12, 2))
TOFU_1_12 = version_file(EngineName.TOFU, Version(1, 12, 1))


@pytest.mark.parametrize(
    "pins",
    [
        (),
        (required(Version(1, 5)),),
        (version_file(EngineName.TERRAFORM, Version(1, 10, 5)),),
        (TOFU_1_12,),
        (TOFU_1_12, TERRAFORM_1_12),
        (required(Version(1, 11)), TOFU_1_12),
    ],
)
def test_a_table_is_fine_for_tofu_for_older_terraform_and_where_nothing_is_pinned(
    pins: tuple[EnginePin, ...],
) -> None:
    assert hits(lock_argument_deprecated, code=fleet(root("a", pins=pins))) == ()


def test_a_lock_file_is_not_deprecated() -> None:
    lockfile = settings(dynamodb_table=None, use_lockfile=True)
    code = fleet(root("a", settings=lockfile, pins=(TERRAFORM_1_12,)))
    assert hits(lock_argument_deprecated, code=code) == ()


def test_a_constraint_alone_names_no_engine_where_others_use_tofu() -> None:
    code = fleet(root("a", pins=(required(Version(1, 11)),)), root("b", pins=(TOFU_1_12,)))
    assert hits(lock_argument_deprecated, code=code) == ()


def test_a_table_that_terraform_warns_about_is_to_be_left_in_stages() -> None:
    code = fleet(
        root("a", pins=(TERRAFORM_1_12,)),
        root("b", pins=(required(Version(1, 11)),)),
        root("c"),
    )
    assert hits(lock_argument_deprecated, code=code) == (
        Hit(
            message="2 roots use `dynamodb_table`, which Terraform deprecates since 1.11",
            evidence=(
                Evidence(
                    label="root",
                    text="`a`: terraform 1.12.2 (.tool-versions:1)",
                    span=SourceSpan("a/backend.tf", 6, 5),
                ),
                Evidence(
                    label="root",
                    text="`b`: terraform 1.11.0 (versions.tf:2)",
                    span=SourceSpan("b/backend.tf", 6, 5),
                ),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_terraform_beside_a_tofu_root_is_still_warned_about() -> None:
    code = fleet(root("a", pins=(TERRAFORM_1_12,)), root("b", pins=(TOFU_1_12,)))
    assert [hit.subject for hit in hits(lock_argument_deprecated, code=code)] == ["a"]
