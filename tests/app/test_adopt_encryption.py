"""What is adopted of the encryption of a bucket: nothing that is generated takes states off its default key."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.app.adopt import Proposal, proposal_for
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.core.cloud import Encryption
from holdfast.core.facts import Fact, Known
from tests.app.adoption import ACCOUNT, write_roots
from tests.rules.fleets import DENIED, KMS_KEY, healthy_bucket, observed

OTHER_KEY = KMS_KEY.replace("1111-", "2222-")
DEFAULT: Fact[Encryption | None] = Known(Encryption(algorithm="aws:kms", key=KMS_KEY))
SSE_S3: Fact[Encryption | None] = Known(Encryption(algorithm="AES256"))
AES256 = "`encrypt` would be added, which asks for AES256"


def adopted(
    directory: Path,
    arguments: Mapping[str, Mapping[str, object]],
    encryption: Fact[Encryption | None] | None,
) -> Proposal:
    """Return what is proposed for roots with these arguments, in a bucket with this encryption; None is offline."""
    roots = {
        f"live/{name}/dev": {"bucket": "states", "key": f"{name}/dev.tfstate", **own}
        for name, own in arguments.items()
    }
    write_roots(directory, roots)
    fleet = read_code(FleetRequest(directory=directory))
    if encryption is not None:
        key = encryption if not isinstance(encryption, Known) else DENIED
        bucket = healthy_bucket(name="states", encryption=encryption, key=key)
        seen = tuple(observed(each, bucket=bucket) for each in fleet.backends)
        fleet = replace(fleet, observed=seen, online=True)
    return proposal_for(fleet, directory, accounts=(ACCOUNT,))


def key_of(proposal: Proposal) -> str | None:
    (backend,) = proposal.declaration.backends
    return backend.kms_key


def reasons(proposal: Proposal) -> dict[str, str]:
    return {each.subject: each.reason for each in proposal.differences}


NONE: Mapping[str, object] = {"encrypt": None}
ALONE: Mapping[str, object] = {"encrypt": True}
OWN: Mapping[str, object] = {"encrypt": True, "kms_key_id": KMS_KEY}
OTHER: Mapping[str, object] = {"encrypt": True, "kms_key_id": OTHER_KEY}


def test_roots_that_leave_it_to_the_bucket_get_the_key_that_it_has(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": NONE, "db": NONE}, DEFAULT)
    assert (key_of(found), reasons(found)) == (KMS_KEY, {})
    assert f"kms_key: {KMS_KEY}" in found.text.replace('"', "")
    assert "the bucket encrypts with this key by default, which `encrypt` alone" in found.text


def test_roots_that_name_the_key_round_trip(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": OWN, "db": OWN}, DEFAULT)
    assert (key_of(found), reasons(found)) == (KMS_KEY, {})


def test_a_root_that_takes_its_state_off_the_key_is_told_with_the_reason(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": NONE, "db": ALONE}, DEFAULT)
    assert key_of(found) == KMS_KEY
    assert reasons(found) == {
        "live/db/dev": (
            f"`kms_key_id` would be added as `{KMS_KEY}`, the bucket's default: `encrypt` alone writes"
            " its state with AES256 instead"
        )
    }


def test_a_key_that_all_roots_name_goes_before_the_default(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": OTHER, "db": OTHER}, DEFAULT)
    assert (key_of(found), reasons(found)) == (OTHER_KEY, {})


def test_where_roots_name_several_keys_the_default_is_taken(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": OTHER, "db": OWN}, DEFAULT)
    assert key_of(found) == KMS_KEY
    assert list(reasons(found)) == ["live/net/dev"]


@pytest.mark.parametrize("encryption", [None, DENIED])
def test_an_unknown_default_is_told_where_encrypt_would_be_added(
    tmp_path: Path, encryption: Fact[Encryption | None] | None
) -> None:
    found = adopted(tmp_path, {"net": NONE, "db": ALONE}, encryption)
    assert key_of(found) is None
    assert reasons(found) == {
        "live/net/dev": f"{AES256}; it is not known whether the bucket's default is a KMS key"
    }


def test_without_a_key_nothing_is_to_be_told(tmp_path: Path) -> None:
    found = adopted(tmp_path, {"net": NONE, "db": ALONE}, SSE_S3)
    assert (key_of(found), reasons(found)) == (None, {})


@pytest.mark.parametrize(
    "encryption",
    [
        Encryption(algorithm="aws:kms"),  # `aws/s3`
        Encryption(algorithm="aws:kms", key="alias/states"),
        Encryption(algorithm="aws:kms", key=KMS_KEY.replace("eu-west-1", "us-east-1")),
    ],
)
def test_a_default_that_no_declaration_can_name_is_told(
    tmp_path: Path, encryption: Encryption
) -> None:
    found = adopted(tmp_path, {"net": NONE}, Known(encryption))
    assert key_of(found) is None
    (reason,) = reasons(found).values()
    assert reason.startswith(f"{AES256} instead of the bucket's default, `aws:kms`")


def test_a_key_of_the_customers_own_takes_no_other_beside_it(tmp_path: Path) -> None:
    own = {"encrypt": True, "sse_customer_key": "c2VjcmV0"}
    found = adopted(tmp_path, {"net": own}, DEFAULT)
    assert (key_of(found), reasons(found)) == (
        None,
        {"live/net/dev": "`sse_customer_key` would be lost"},
    )
