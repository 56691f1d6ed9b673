"""Which ways to lock exclude each other, as two real processes showed."""

from itertools import product

import pytest

from holdfast.core.backends import Locking
from holdfast.core.exclusion import all_exclude, excludes, table_name

# Terraform 1.11.4: one process held its lock while a second one applied; these pairs were refused.
REFUSED = {
    (Locking.DYNAMODB, Locking.DYNAMODB),
    (Locking.LOCKFILE, Locking.LOCKFILE),
    (Locking.BOTH, Locking.BOTH),
    (Locking.DYNAMODB, Locking.BOTH),
    (Locking.BOTH, Locking.DYNAMODB),
    (Locking.LOCKFILE, Locking.BOTH),
    (Locking.BOTH, Locking.LOCKFILE),
}


def test_modes_exclude_as_they_did_in_two_real_processes() -> None:
    assert {pair for pair in product(Locking, repeat=2) if excludes(*pair)} == REFUSED


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ((), True),
        ((Locking.NONE, Locking.NONE), True),
        ((Locking.DYNAMODB, Locking.BOTH), True),
        ((Locking.DYNAMODB, Locking.BOTH, Locking.LOCKFILE), False),
        ((Locking.BOTH, Locking.NONE), False),
    ],
)
def test_a_group_excludes_when_every_two_modes_do(
    modes: tuple[Locking, ...], *, expected: bool
) -> None:
    assert all_exclude(modes) == expected


def test_a_table_is_known_by_its_name_or_arn() -> None:
    assert table_name("locks") == "locks"
    assert table_name("arn:aws-cn:dynamodb:cn-north-1:111111111111:table/locks") == "locks"
