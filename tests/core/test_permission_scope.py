"""What permissions are about, made from code and from components."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.permission_scope import (
    NO_WORKSPACES,
    BackendScope,
    StateScope,
    WorkspaceUse,
    merged_scopes,
    scope_of_backend,
    states_reached_beside,
)
from tests.support.observation import backend_of

KEY = "network/terraform.tfstate"
OWN = "arn:aws:kms:us-east-1:111111111111:key/own"
DEFAULT = "arn:aws:kms:us-east-1:111111111111:key/default"


def backend(
    *, encrypt: bool, locking: Locking = Locking.DYNAMODB, kms_key: str | None = None
) -> Backend:
    """Return a backend of one root that uses its state in this way."""
    plain = backend_of(bucket="states", access=Access(), table="locks", keys=(KEY,))
    (use,) = plain.uses
    changed = replace(use, encrypt=encrypt, locking=locking, kms_key=kms_key)
    return replace(plain, kms_key=DEFAULT, uses=(changed,))


def test_a_root_that_locks_in_both_ways_is_a_state_with_both() -> None:
    found = scope_of_backend(backend(locking=Locking.BOTH, encrypt=False), account="111111111111")
    assert found == BackendScope(
        name="states",
        bucket="states",
        region="us-east-1",
        account="111111111111",
        states=(StateScope(key=KEY, table="locks", lockfile=True, kms_keys=(DEFAULT,)),),
        tables=("locks",),
    )


@pytest.mark.parametrize(
    ("encrypt", "kms_key", "expected"),
    [
        (False, None, (DEFAULT,)),
        (False, OWN, (DEFAULT,)),  # without `encrypt` the key does nothing
        (True, OWN, (OWN, DEFAULT)),
        (True, None, ()),  # SSE-S3, whatever the bucket's default is
    ],
)
def test_the_keys_are_those_that_objects_are_written_with(
    encrypt: bool, kms_key: str | None, expected: tuple[str, ...]
) -> None:
    found = scope_of_backend(backend(encrypt=encrypt, kms_key=kms_key))
    assert found.states[0].kms_keys == expected


def test_keys_restrict_a_scope() -> None:
    two = backend_of(bucket="states", access=Access(), keys=(KEY, "dns/terraform.tfstate"))
    assert [each.key for each in scope_of_backend(two, keys=[KEY]).states] == [KEY]
    assert len(scope_of_backend(two).states) == 2


SCOPE = BackendScope(name="a", bucket="b", region=None, account=None, states=())
TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/locks"


@pytest.mark.parametrize(
    ("scope", "missing"),
    [
        (SCOPE, ()),
        (replace(SCOPE, states=(StateScope(key=KEY, lockfile=True),)), ()),
        (replace(SCOPE, tables=("locks",)), ("region", "account")),
        (replace(SCOPE, tables=(TABLE,)), ()),
        (replace(SCOPE, states=(StateScope(key=KEY, kms_keys=(OWN,)),)), ("region",)),
        (replace(SCOPE, region="us-east-1", tables=("locks",)), ("account",)),
    ],
)
def test_what_an_arn_needs_is_never_guessed(scope: BackendScope, missing: tuple[str, ...]) -> None:
    assert scope.missing_for_arns() == missing


def test_code_and_declaration_of_one_backend_are_one_scope() -> None:
    first, second = StateScope(key=KEY), StateScope(key=KEY, lockfile=True)
    found = merged_scopes(
        [
            replace(SCOPE, states=(first,), tables=("locks",)),
            replace(SCOPE, states=(first, second), tables=("locks", "more")),
            replace(SCOPE, name="c", bucket="c"),
        ]
    )
    assert found == (
        replace(SCOPE, states=(first, second), tables=("locks", "more")),
        replace(SCOPE, name="c", bucket="c"),
    )


@pytest.mark.parametrize(
    ("workspaces", "expected"),
    [
        (WorkspaceUse(any_name=True), ((KEY, f"x/{KEY}"),)),
        (WorkspaceUse(names=("dev",)), ()),
        (NO_WORKSPACES, ()),
    ],
)
def test_a_pattern_that_reaches_another_state_is_found(
    workspaces: WorkspaceUse, expected: tuple[tuple[str, str], ...]
) -> None:
    scope = replace(SCOPE, states=(StateScope(key=KEY, workspaces=workspaces),))
    assert states_reached_beside(scope, [KEY, f"x/{KEY}", f"x{KEY}"]) == expected
