import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import Computed
from holdfast.core.source import SourceSpan
from holdfast.rules.encrypt_off import ADVICE, encrypt_off
from tests.rules.fleets import BUCKET, KMS_KEY, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings


@pytest.mark.parametrize("value", [True, "true", Computed("local.encrypt")])
def test_encryption_that_is_on_or_open_is_fine(value: bool | str | Computed) -> None:
    code = fleet(partial_root("a", partial("a/backend.hcl", settings() | {"encrypt": value})))
    assert hits(encrypt_off, code=code) == ()


@pytest.mark.parametrize("name", ["kms_key_id", "sse_customer_key"])
def test_a_key_without_encrypt_is_left_to_the_rule_about_keys(name: str) -> None:
    code = fleet(root("a", settings=settings(encrypt=None) | {name: KMS_KEY}))
    assert hits(encrypt_off, code=code) == ()


def test_roots_that_do_not_ask_for_encryption_are_one_finding_per_backend() -> None:
    code = fleet(
        root("a", settings=settings("a", encrypt=False)),
        root("b", settings=settings("b", encrypt=None)),
        root("c", settings=settings("c")),
    )
    assert hits(encrypt_off, code=code) == (
        Hit(
            message=f"2 roots do not ask for encryption in `{BUCKET}`",
            evidence=(
                Evidence(
                    label="root",
                    text="`a`: `encrypt` is not true",
                    span=SourceSpan("a/backend.tf", 6, 5),
                ),
                Evidence(
                    label="root",
                    text="`b`: `encrypt` is not true",
                    span=SourceSpan("b/backend.tf", 3, 5),
                ),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_a_single_root_is_the_subject() -> None:
    (hit,) = hits(encrypt_off, code=fleet(root("a", settings=settings(encrypt="false"))))
    assert (hit.message, hit.subject) == (
        f"`a` does not ask for encryption in `{BUCKET}`",
        "a",
    )
