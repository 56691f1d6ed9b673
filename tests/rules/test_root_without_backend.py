from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import BackendBlock, Place, Root, SetupModule
from holdfast.core.source import SourceSpan
from holdfast.rules.root_without_backend import ADVICE, root_without_backend
from tests.rules.fleets import fleet, hits, root

S3_ROOTS = (root("a"), root("b"))


def local_root(path: str) -> Root:
    return Root(path=path, place=Place.LIVE, span=SourceSpan(f"{path}/main.tf"), blocks=())


def test_roots_that_all_use_s3_are_fine() -> None:
    assert hits(root_without_backend, code=fleet(*S3_ROOTS)) == ()


def test_a_root_without_a_block_beside_others_is_named() -> None:
    assert hits(root_without_backend, code=fleet(*S3_ROOTS, local_root("c"))) == (
        Hit(
            message="`c` has no backend block, and 2 other roots use S3",
            evidence=(
                Evidence(label="root", text="`c`: no backend block", span=SourceSpan("c/main.tf")),
            ),
            advice=ADVICE,
            subject="c",
        ),
    )


def test_a_local_backend_that_is_written_down_is_named_as_well() -> None:
    block = BackendBlock(type="local", span=SourceSpan("c/main.tf", 2, 3), attributes=())
    local = replace(local_root("c"), blocks=(block,))
    (hit,) = hits(root_without_backend, code=fleet(*S3_ROOTS, local))
    assert hit.message == '`c` has `backend "local"`, and 2 other roots use S3'


def test_a_setup_module_keeps_its_state_local() -> None:
    module = SetupModule(
        path="c",
        place=Place.LIVE,
        creations=(),
        files=("c/main.tf",),
        backend_type="local",
        region=None,
    )
    code = fleet(*S3_ROOTS, local_root("c"), setup_modules=(module,))
    assert hits(root_without_backend, code=code) == ()


@pytest.mark.parametrize(
    "harmless",
    [
        replace(local_root("c"), has_resources=False),
        replace(local_root("c"), place=Place.EXAMPLE),
    ],
)
def test_a_root_that_builds_nothing_real_is_fine(harmless: Root) -> None:
    assert hits(root_without_backend, code=fleet(*S3_ROOTS, harmless)) == ()


def test_a_repository_that_hardly_uses_s3_may_be_local() -> None:
    assert hits(root_without_backend, code=fleet(root("a"), local_root("c"))) == ()
