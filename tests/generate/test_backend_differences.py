"""What generated arguments would change in a root that has its own."""

import pytest

from holdfast.core.default_encryption import DefaultEncryption
from holdfast.core.repository import Computed
from holdfast.generate.backend_arguments import ArgumentValue
from holdfast.generate.backend_differences import argument_differences
from tests.core.configurations import Argument, configuration

GENERATED: dict[str, ArgumentValue] = {
    "bucket": "states",
    "key": "a/b",
    "region": "eu-west-1",
    "encrypt": True,
    "dynamodb_table": "locks",
    "allowed_account_ids": ("111111111111",),
}
OWN: dict[str, Argument] = {
    "bucket": "states",
    "key": "a/b",
    "region": "eu-west-1",
    "encrypt": True,
    "dynamodb_table": "locks",
}
ROLE = "arn:aws:iam::111111111111:role/tf"


def differences(
    own: dict[str, Argument],
    *,
    default: DefaultEncryption | None = None,
    **generated: ArgumentValue,
) -> tuple[str, ...]:
    return argument_differences(configuration(own), {**GENERATED, **generated}, default=default)


def test_alike_is_alike_whatever_else_is_written_beside_it() -> None:
    assert differences(OWN) == ()
    assert differences({**OWN, "encrypt": "true", "allowed_account_ids": ("111111111111",)}) == ()
    assert differences({name: OWN[name] for name in OWN if name != "region"}) == ()


WITHOUT = {name: OWN[name] for name in OWN if name != "encrypt"}
KEY = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-4333-8444-555555555555"
OTHER_KEY = KEY.replace("1111-", "2222-")
BY_KEY = DefaultEncryption(algorithm="aws:kms", key=KEY)
TWO_LAYERS = DefaultEncryption(algorithm="aws:kms:dsse", key=KEY)
ADDED = f"`kms_key_id` would be added as `{KEY}`"
AES256 = "`encrypt` would be added, which asks for AES256"


@pytest.mark.parametrize(
    ("own", "default", "key", "words"),
    [
        # Nothing is taken off the default.
        (WITHOUT, DefaultEncryption(), None, ()),
        (WITHOUT, BY_KEY, KEY, ()),
        ({**OWN, "kms_key_id": KEY}, None, KEY, ()),
        # `encrypt` alone goes before the default.
        (
            WITHOUT,
            None,
            None,
            (f"{AES256}; it is not known whether the bucket's default is a KMS key",),
        ),
        (
            WITHOUT,
            BY_KEY,
            None,
            (f"{AES256} instead of the bucket's default, `aws:kms` with `{KEY}`",),
        ),
        (
            WITHOUT,
            DefaultEncryption(algorithm="aws:kms", managed_by_aws=True),
            None,
            (f"{AES256} instead of the bucket's default, `aws:kms`",),
        ),
        # It did so before, and would not any more.
        (
            OWN,
            BY_KEY,
            KEY,
            (
                f"{ADDED}, the bucket's default: `encrypt` alone writes its state with AES256 instead",
            ),
        ),
        (OWN, BY_KEY, None, ()),
        # Another key than the default, or another algorithm.
        (WITHOUT, None, KEY, (ADDED,)),
        (WITHOUT, TWO_LAYERS, KEY, (ADDED,)),
        (OWN, DefaultEncryption(), KEY, (ADDED,)),
        (
            {**OWN, "encrypt": False},
            BY_KEY,
            KEY,
            ("`encrypt` would be `true` instead of `false`", ADDED),
        ),
        (
            {**OWN, "kms_key_id": OTHER_KEY},
            BY_KEY,
            KEY,
            (f"`kms_key_id` would be `{KEY}` instead of `{OTHER_KEY}`",),
        ),
    ],
)
def test_encryption_is_compared_with_what_the_bucket_does_by_default(
    own: dict[str, Argument],
    default: DefaultEncryption | None,
    key: str | None,
    words: tuple[str, ...],
) -> None:
    more: dict[str, ArgumentValue] = {"kms_key_id": key} if key is not None else {}
    assert differences(own, default=default, **more) == words


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"key": "a/c"}, "`key` would be `a/b` instead of `a/c`"),
        ({"key": Computed("var.key")}, "`key` would be `a/b` instead of `var.key`"),
        ({"encrypt": False}, "`encrypt` would be `true` instead of `false`"),
        ({"acl": "private"}, "`acl` would be lost"),
        ({"workspace_key_prefix": "ws"}, "`workspace_key_prefix` would be lost"),
        ({"secret_key": "s3cr3t"}, "`secret_key` would be lost"),
        (
            {"allowed_account_ids": ("222222222222",)},
            "`allowed_account_ids` would be `111111111111` instead of `222222222222`",
        ),
    ],
)
def test_what_is_lost_or_changed_is_said(own: dict[str, Argument], words: str) -> None:
    assert differences({**OWN, **own}) == (words,)


@pytest.mark.parametrize("value", [None, False, ""])
def test_an_argument_that_says_nothing_is_not_lost(value: Argument) -> None:
    assert differences({**OWN, "use_lockfile": value}) == ()


def test_a_lock_that_would_be_added_is_said() -> None:
    assert differences(OWN, use_lockfile=True) == ("`use_lockfile` would be added as `true`",)


def test_a_role_is_the_same_in_both_of_its_forms() -> None:
    for own in ({"role_arn": ROLE}, {"assume_role": {"role_arn": ROLE}}):
        assert differences({**OWN, **own}, assume_role={"role_arn": ROLE}) == ()
        assert differences({**OWN, **own}, role_arn=ROLE) == ()
        assert differences({**OWN, **own}) == ("`role_arn` would be lost",)
        assert differences({**OWN, **own}, role_arn=f"{ROLE}2") == (
            f"`role_arn` of the role would be `{ROLE}2` instead of `{ROLE}`",
        )
    assert differences(OWN, role_arn=ROLE) == (f"`role_arn` of the role would be `{ROLE}`",)
