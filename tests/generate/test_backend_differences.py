"""What generated arguments would change in a root that has its own."""

import pytest

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


def differences(own: dict[str, Argument], **generated: ArgumentValue) -> tuple[str, ...]:
    return argument_differences(configuration(own), {**GENERATED, **generated})


def test_alike_is_alike_whatever_else_is_written_beside_it() -> None:
    assert differences(OWN) == ()
    assert differences({**OWN, "encrypt": "true", "allowed_account_ids": ("111111111111",)}) == ()
    assert differences({name: OWN[name] for name in OWN if name not in {"encrypt", "region"}}) == ()


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
