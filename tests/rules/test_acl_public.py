from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit, Severity
from holdfast.core.repository import Certainty, Computed, Place
from holdfast.core.source import SourceSpan
from holdfast.rules.acl_public import ADVICE, acl_public
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings


@pytest.mark.parametrize(
    "acl", [None, "private", "bucket-owner-full-control", "log-delivery-write"]
)
def test_an_acl_that_lets_no_stranger_in_is_fine(acl: str | None) -> None:
    assert hits(acl_public, code=fleet(root("a", settings=settings(acl=acl)))) == ()


def test_an_acl_that_is_an_expression_is_not_judged() -> None:
    arguments = settings() | {"acl": Computed("local.acl")}
    code = fleet(partial_root("a", partial("a/backend.hcl", arguments)))
    assert hits(acl_public, code=code) == ()


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
def test_an_acl_that_lets_strangers_in_is_named_with_its_place(acl: str) -> None:
    assert acl_public.severity is Severity.CRITICAL
    assert hits(acl_public, code=fleet(root("a", settings=settings(acl=acl)))) == (
        Hit(
            message=f"`a` writes its state with the ACL `{acl}`",
            evidence=(
                Evidence(
                    label="root",
                    text=f"`a`: `acl` is `{acl}`",
                    span=SourceSpan("a/backend.tf", 8, 5),
                ),
            ),
            advice=ADVICE,
            subject="a",
            backend=BUCKET,
        ),
    )


def test_several_roots_of_a_backend_are_one_finding() -> None:
    (hit,) = hits(
        acl_public,
        code=fleet(
            root("a", settings=settings("a", acl="public-read")),
            root("b", settings=settings("b", acl="private")),
            root("c", settings=settings("c", acl="authenticated-read")),
        ),
    )
    assert (
        hit.message == "2 roots write states with the ACLs `public-read` and `authenticated-read`"
    )
    assert [each.text for each in hit.evidence] == [
        "`a`: `acl` is `public-read`",
        "`c`: `acl` is `authenticated-read`",
    ]


def test_a_candidate_and_a_root_without_a_known_bucket_count_and_an_example_is_apart() -> None:
    acl = {"acl": "public-read"}
    candidate = partial("a/dev.hcl", settings() | acl, certainty=Certainty.CANDIDATE)
    somewhere = partial("b/b.hcl", settings(bucket=None) | acl)
    found = hits(
        acl_public,
        code=fleet(
            partial_root("a", candidate),
            partial_root("b", somewhere),
            root("examples/c", settings=settings(**acl), place=Place.EXAMPLE),
        ),
    )
    assert [(hit.subject, hit.backend, hit.apart) for hit in found] == [
        ("a", BUCKET, False),
        ("b", "", False),
        ("examples/c", BUCKET, True),
    ]


def test_another_type_of_backend_is_none_of_ours() -> None:
    code = root("a", settings=settings(acl="public-read"))
    (block,) = code.blocks
    other = replace(code, blocks=(replace(block, type="cos"),))
    assert hits(acl_public, code=fleet(other)) == ()
