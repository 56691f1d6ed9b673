from dataclasses import replace

from holdfast.core.findings import Evidence, Hit, Severity
from holdfast.core.repository import CreatedKind, Creation, Place, SetupModule
from holdfast.core.source import SourceSpan
from holdfast.rules.setup_module_state_local import setup_module_state_local
from tests.rules.fleets import BUCKET, fleet, hits, root

MODULE = SetupModule(
    path="setup",
    place=Place.LIVE,
    creations=(
        Creation(
            kind=CreatedKind.BUCKET,
            address="aws_s3_bucket.state",
            name=BUCKET,
            expression="",
            span=SourceSpan("setup/main.tf", 1, 1),
        ),
    ),
    files=("setup/main.tf",),
    backend_type="local",
    region=None,
)


def test_nothing_is_said_of_modules_with_another_backend_of_empty_ones_and_of_examples() -> None:
    modules = (
        replace(MODULE, backend_type="s3"),
        replace(MODULE, creations=(), files=()),
        replace(MODULE, place=Place.EXAMPLE),
    )
    assert hits(setup_module_state_local, code=fleet(root(), setup_modules=modules)) == ()


def test_local_state_of_a_setup_module_is_said_to_be_right() -> None:
    code = fleet(root(), setup_modules=(MODULE,))
    assert hits(setup_module_state_local, code=code) == (
        Hit(
            message="`setup` keeps its state local, which is right for a setup module",
            evidence=(
                Evidence(
                    label="creates",
                    text="`aws_s3_bucket.state`",
                    span=SourceSpan("setup/main.tf", 1, 1),
                ),
            ),
            subject="setup",
            backend=BUCKET,
        ),
    )
    assert setup_module_state_local.severity is Severity.NOTE


def test_a_module_of_no_backend_of_the_fleet_is_said_without_one() -> None:
    code = fleet(root(settings={"bucket": "other", "key": "k"}), setup_modules=(MODULE,))
    assert [hit.backend for hit in hits(setup_module_state_local, code=code)] == [""]


def test_a_module_that_makes_bucket_and_table_at_once_is_shown_once() -> None:
    bucket, *_ = MODULE.creations
    both = (bucket, replace(bucket, kind=CreatedKind.LOCK_TABLE, name="locks"))
    code = fleet(root(), setup_modules=(replace(MODULE, creations=both),))
    (hit,) = hits(setup_module_state_local, code=code)
    assert [each.text for each in hit.evidence] == ["`aws_s3_bucket.state`"]
