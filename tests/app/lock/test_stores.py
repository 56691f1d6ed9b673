"""Which stores a state is locked in, and how its lock file is written: from what the code says."""

import base64
from dataclasses import replace

import pytest

from holdfast.app.lock_stores import (
    CUSTOMER_KEY_VARIABLE,
    customer_key_in,
    settings_for,
    stores_for,
    tables_for,
)
from holdfast.aws.connections import Connections
from holdfast.core.backends import Access, Backend, Locking, StateUse
from holdfast.core.locks import LockObjectSettings
from holdfast.core.source import SourceSpan
from holdfast.errors import CustomerKeyError
from tests.support.locking import KEY

CUSTOMER_KEY = b"0123456789abcdef0123456789abcdef"
USE = StateUse(
    root_path="roots/network",
    label="",
    key=KEY,
    workspace_prefix="env:",
    workspaces=(),
    locking=Locking.LOCKFILE,
    table=None,
    region="eu-west-1",
    encrypt=False,
    kms_key=None,
    span=SourceSpan("roots/network/backend.tf", 1),
)
BACKEND = Backend(
    name="states",
    bucket="states",
    region="eu-west-1",
    tables=(),
    locking=Locking.LOCKFILE,
    access=Access(),
    account=None,
    declared=False,
    uses=(USE,),
)


def places(backend: Backend, key: str = KEY) -> list[str]:
    with Connections() as connections:
        return [
            store.place
            for store in stores_for(backend, key, connections, settings_for(backend, key))
        ]


def test_without_a_table_there_is_the_lock_file_alone() -> None:
    assert places(BACKEND) == ["bucket `states`"]


def test_a_known_table_is_locked_in_whatever_the_root_says() -> None:
    backend = replace(BACKEND, tables=("locks",))
    assert places(backend) == ["bucket `states`", "table `locks` in eu-west-1"]
    assert places(replace(backend, uses=())) == ["bucket `states`", "table `locks` in eu-west-1"]


def test_a_state_is_locked_in_the_table_that_its_own_roots_name() -> None:
    uses = (replace(USE, table="network-locks"), replace(USE, key="other", table="locks"))
    backend = replace(BACKEND, tables=("locks", "network-locks"), uses=uses)
    assert tables_for(backend, KEY) == ("network-locks",)
    assert tables_for(backend, f"env:/dev/{KEY}") == ("network-locks",)
    assert tables_for(backend, "unknown") == ("locks", "network-locks")


def test_two_tables_of_one_state_are_locked_in_both_in_one_order() -> None:
    uses = (replace(USE, table="b"), replace(USE, table="a"))
    assert tables_for(replace(BACKEND, tables=("b", "a"), uses=uses), KEY) == ("b", "a")
    assert tables_for(replace(BACKEND, tables=("b", "a"), uses=uses[::-1]), KEY) == ("b", "a")


def test_a_table_that_is_named_by_name_and_by_arn_is_locked_in_once() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/locks"
    uses = (replace(USE, table=arn), replace(USE, table="locks"))
    backend = replace(BACKEND, tables=(arn, "locks"), uses=uses)
    assert tables_for(backend, KEY) == tables_for(backend, "unknown") == ("locks",)
    elsewhere = replace(backend, region="us-east-1")
    assert tables_for(elsewhere, KEY) == (arn, "locks")


@pytest.mark.parametrize(
    ("key", "same"),
    [
        (KEY, True),
        (f"env:/dev/{KEY}", True),
        (f"env:/{KEY}", False),
        (f"env://{KEY}", False),
        (f"env:/a/b/{KEY}", False),
        (f"x{KEY}", False),
        ("", False),
    ],
)
def test_a_key_is_of_a_use_in_any_workspace(key: str, same: bool) -> None:
    assert USE.is_of(key) is same


def test_an_empty_prefix_leaves_no_slash() -> None:
    assert replace(USE, workspace_prefix="").is_of(f"dev/{KEY}")


# Settings ---------------------------------------------------------------------------------------


def test_a_lock_file_is_written_as_the_root_has_its_state_written() -> None:
    use = replace(USE, encrypt=True, kms_key="alias/states", acl="bucket-owner-full-control")
    assert settings_for(replace(BACKEND, uses=(use,)), KEY) == LockObjectSettings(
        encrypt=True, kms_key="alias/states", acl="bucket-owner-full-control"
    )


def test_a_key_that_nobody_uses_is_left_to_the_bucket() -> None:
    assert settings_for(BACKEND, "unknown") == LockObjectSettings()


def test_a_customer_key_that_the_code_needs_and_nobody_gives_is_asked_for() -> None:
    backend = replace(BACKEND, uses=(replace(USE, encrypt=True, customer_key=True),))
    with pytest.raises(CustomerKeyError):
        settings_for(backend, KEY)
    assert settings_for(backend, KEY, customer_key=CUSTOMER_KEY) == LockObjectSettings(
        encrypt=True, customer_key=CUSTOMER_KEY
    )


def test_a_customer_key_without_encrypt_counts_for_nothing_as_in_the_engine() -> None:
    backend = replace(BACKEND, uses=(replace(USE, customer_key=True),))
    assert settings_for(backend, KEY) == LockObjectSettings()


def test_the_customer_key_is_that_of_the_engines_variable() -> None:
    encoded = base64.b64encode(CUSTOMER_KEY).decode()
    assert customer_key_in({CUSTOMER_KEY_VARIABLE: encoded}) == CUSTOMER_KEY
    assert customer_key_in({}) is None


@pytest.mark.parametrize("text", ["c2hvcnQ=", "not base64!", "é" * 44])
def test_a_customer_key_that_is_none_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(CustomerKeyError) as refused:
        customer_key_in({CUSTOMER_KEY_VARIABLE: text})
    assert text not in f"{refused.value.headline} {refused.value.facts} {refused.value.hints}"
