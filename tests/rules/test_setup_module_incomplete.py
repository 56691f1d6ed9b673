from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CreatedKind, Creation, Place, SetupModule
from holdfast.core.source import SourceSpan
from holdfast.rules.setup_module_incomplete import setup_module_incomplete
from tests.rules.fleets import BUCKET, TABLE, fleet, hits, root

BUCKET_CREATION = Creation(
    kind=CreatedKind.BUCKET,
    address="aws_s3_bucket.state",
    name=BUCKET,
    expression="",
    span=SourceSpan("setup/main.tf", 1, 1),
)
TABLE_CREATION = Creation(
    kind=CreatedKind.LOCK_TABLE,
    address="aws_dynamodb_table.locks",
    name=TABLE,
    expression="",
    span=SourceSpan("setup/main.tf", 9, 1),
)


def setup_module(*creations: Creation) -> SetupModule:
    return SetupModule(
        path="setup",
        place=Place.LIVE,
        creations=creations,
        files=("setup/main.tf",),
        backend_type="local",
        region=None,
    )


def test_a_module_with_bucket_and_table_is_fine_and_so_is_none() -> None:
    complete = setup_module(BUCKET_CREATION, TABLE_CREATION)
    assert hits(setup_module_incomplete, code=fleet(root(), setup_modules=(complete,))) == ()
    assert hits(setup_module_incomplete, code=fleet(root())) == ()


def test_a_module_without_the_table_is_named_with_what_it_creates() -> None:
    code = fleet(root(), setup_modules=(setup_module(BUCKET_CREATION),))
    assert hits(setup_module_incomplete, code=code) == (
        Hit(
            message=f"`setup` does not create the lock table `{TABLE}`",
            evidence=(
                Evidence(label="module", text="`setup`", span=SourceSpan("setup")),
                Evidence(
                    label="creates",
                    text="`aws_s3_bucket.state`",
                    span=SourceSpan("setup/main.tf", 1, 1),
                ),
            ),
            advice=(
                "Add it to the module, with an `import` block if it is there already:"
                f" `holdfast generate setup {BUCKET}` shows a whole one."
            ),
            backend=BUCKET,
        ),
    )


def test_a_module_without_the_bucket_is_named_as_well() -> None:
    code = fleet(root(), setup_modules=(setup_module(TABLE_CREATION),))
    (hit,) = hits(setup_module_incomplete, code=code)
    assert hit.message == f"`setup` does not create the bucket `{BUCKET}`"
