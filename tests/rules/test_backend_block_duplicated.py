from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import BackendBlock, Place
from holdfast.core.source import SourceSpan
from holdfast.rules.backend_block_duplicated import backend_block_duplicated
from tests.rules.fleets import fleet, hits, root

S3 = BackendBlock(type="s3", span=SourceSpan("a/backend.tf", 2, 3), attributes=())
CLOUD = BackendBlock(type="cloud", span=SourceSpan("a/main.tf", 9, 3), attributes=())
TERRAGRUNT = BackendBlock(
    type="s3", span=SourceSpan("a/terragrunt.hcl", 1, 1), attributes=(), terragrunt=True
)


def test_one_block_is_fine_and_so_is_one_that_terragrunt_writes_over() -> None:
    code = fleet(root("a"), root("b", blocks=(TERRAGRUNT, S3)))
    assert hits(backend_block_duplicated, code=code) == ()


def test_several_blocks_are_shown_with_their_places() -> None:
    assert hits(backend_block_duplicated, code=fleet(root("a", blocks=(S3, CLOUD)))) == (
        Hit(
            message="`a` has 2 backend blocks",
            evidence=(
                Evidence(label="block", text="`s3`", span=SourceSpan("a/backend.tf", 2, 3)),
                Evidence(label="block", text="`cloud`", span=SourceSpan("a/main.tf", 9, 3)),
            ),
            advice="Delete the blocks that are not meant.",
            subject="a",
        ),
    )


def test_examples_may_show_both() -> None:
    code = fleet(root("a", blocks=(S3, CLOUD), place=Place.EXAMPLE))
    assert hits(backend_block_duplicated, code=code) == ()
