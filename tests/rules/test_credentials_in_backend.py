from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import (
    SENSITIVE_PLACEHOLDER,
    Attribute,
    Computed,
    Literal,
    LiteralValue,
    Origin,
    PartialFile,
    Place,
)
from holdfast.core.source import SourceSpan
from holdfast.rules.credentials_in_backend import ADVICE, credentials_in_backend
from tests.rules.fleets import fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings

SECRETS: dict[str, LiteralValue] = {
    "access_key": SENSITIVE_PLACEHOLDER,
    "secret_key": SENSITIVE_PLACEHOLDER,
}


def secret_file(path: str) -> PartialFile:
    attribute = Attribute(
        name="token",
        value=Literal(SENSITIVE_PLACEHOLDER),
        span=SourceSpan(path, 7, 1),
        origin=Origin.PARTIAL_FILE,
    )
    return PartialFile(path=path, attributes=(attribute,))


def test_a_backend_without_credentials_is_fine() -> None:
    code = fleet(root("a", settings=settings(profile="dev")))
    assert hits(credentials_in_backend, code=code) == ()


@pytest.mark.parametrize("value", ["", Computed('get_env("TOKEN")')])
def test_a_value_that_is_empty_or_comes_from_elsewhere_is_fine(value: str | Computed) -> None:
    code = fleet(partial_root("a", partial("a/backend.hcl", settings() | {"token": value})))
    assert hits(credentials_in_backend, code=code) == ()


def test_credentials_are_named_with_their_place_and_never_shown() -> None:
    code = fleet(root("a", settings=settings(**SECRETS)))
    assert hits(credentials_in_backend, code=code) == (
        Hit(
            message="`a/backend.tf` holds `access_key` and `secret_key` in clear",
            evidence=(
                Evidence(label="block", text="`access_key`", span=SourceSpan("a/backend.tf", 8, 5)),
                Evidence(label="block", text="`secret_key`", span=SourceSpan("a/backend.tf", 9, 5)),
            ),
            advice=ADVICE,
            subject="a/backend.tf",
        ),
    )


def test_a_file_that_serves_many_roots_is_one_finding() -> None:
    shared = partial("backends/dev.hcl", settings(**SECRETS))
    code = fleet(partial_root("a", shared), partial_root("b", shared))
    assert [hit.subject for hit in hits(credentials_in_backend, code=code)] == ["backends/dev.hcl"]


def test_a_file_that_belongs_to_no_root_counts() -> None:
    code = fleet(root("a"))
    repository = replace(code.repository, partial_files=(secret_file("backends/dev.hcl"),))
    assert hits(credentials_in_backend, code=replace(code, repository=repository)) == (
        Hit(
            message="`backends/dev.hcl` holds `token` in clear",
            evidence=(
                Evidence(
                    label="partial file",
                    text="`token`",
                    span=SourceSpan("backends/dev.hcl", 7, 1),
                ),
            ),
            advice=ADVICE,
            subject="backends/dev.hcl",
        ),
    )


def test_credentials_of_examples_are_set_apart() -> None:
    code = fleet(root("examples/a", settings=settings(**SECRETS), place=Place.EXAMPLE))
    repository = replace(code.repository, partial_files=(secret_file("examples/a/ci.hcl"),))
    found = hits(credentials_in_backend, code=replace(code, repository=repository))
    assert [(hit.subject, hit.apart) for hit in found] == [
        ("examples/a/backend.tf", True),
        ("examples/a/ci.hcl", True),
    ]
