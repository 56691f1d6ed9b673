import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import SENSITIVE_PLACEHOLDER, Computed, LiteralValue
from holdfast.core.source import SourceSpan
from holdfast.rules.kms_without_encrypt import ADVICE, kms_without_encrypt
from tests.rules.fleets import BUCKET, KMS_KEY, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings


@pytest.mark.parametrize(
    "changes", [{"kms_key_id": KMS_KEY}, {"encrypt": None}, {"encrypt": None, "kms_key_id": ""}]
)
def test_a_key_in_use_or_none_is_fine(changes: dict[str, LiteralValue]) -> None:
    assert hits(kms_without_encrypt, code=fleet(root("a", settings=settings(**changes)))) == ()


def test_encryption_that_is_an_expression_is_not_judged() -> None:
    open_flag = settings(kms_key_id=KMS_KEY) | {"encrypt": Computed("local.encrypt")}
    code = fleet(partial_root("a", partial("a/backend.hcl", open_flag)))
    assert hits(kms_without_encrypt, code=code) == ()


def test_keys_without_encrypt_have_no_effect() -> None:
    code = fleet(
        root("a", settings=settings("a", encrypt=None, kms_key_id=KMS_KEY)),
        root("b", settings=settings("b", encrypt=False, sse_customer_key=SENSITIVE_PLACEHOLDER)),
    )
    assert hits(kms_without_encrypt, code=code) == (
        Hit(
            message="2 roots name `kms_key_id` and `sse_customer_key` without `encrypt = true`",
            evidence=(
                Evidence(
                    label="root",
                    text="`a`: `kms_key_id` and no `encrypt = true`",
                    span=SourceSpan("a/backend.tf", 7, 5),
                ),
                Evidence(
                    label="root",
                    text="`b`: `sse_customer_key` and no `encrypt = true`",
                    span=SourceSpan("b/backend.tf", 8, 5),
                ),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


def test_a_key_that_is_an_expression_counts_as_a_key() -> None:
    open_key = settings(encrypt=None) | {"kms_key_id": Computed("local.key")}
    code = fleet(partial_root("a", partial("a/backend.hcl", open_key)))
    (hit,) = hits(kms_without_encrypt, code=code)
    assert hit.message == "`a` names `kms_key_id` without `encrypt = true`"
