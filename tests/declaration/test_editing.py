"""`holdfast.yaml` is edited where a backend says how it locks, and nowhere else."""

from pathlib import Path

import pytest

from holdfast.core.backends import Locking
from holdfast.declaration.editing import with_locking

PATH = Path("holdfast.yaml")
HEAD = """\
version: 1  # ours
organization: msdp
naming:
  bucket: "{organization}-state-{account}"
  lock_table: "{organization}-locks-{account}"
accounts:
  dev: {id: "111111111111"}
  prod: {id: "222222222222"}
"""


def declaration(*backends: str) -> str:
    return HEAD + "backends:\n" + "".join(f"  {each}\n" for each in backends)


DEV = "dev: {account: dev, region: eu-west-1, locking: dynamodb}  # first"
PROD = "prod: {account: prod, region: eu-west-1, locking: 'both', bucket: legacy-state}"


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (
            (DEV, PROD),
            {"dev": (Locking.BOTH, "msdp-locks-dev")},
            ("dev: {account: dev, region: eu-west-1, locking: both}  # first", PROD),
        ),
        (
            (DEV, PROD),
            {"dev": (Locking.BOTH, "msdp-locks-dev"), "prod": (Locking.LOCKFILE, None)},
            (
                "dev: {account: dev, region: eu-west-1, locking: both}  # first",
                "prod: {account: prod, region: eu-west-1, locking: lockfile, bucket: legacy-state}",
            ),
        ),
        (
            ("dev: {lock_table: old, account: dev, region: eu-west-1, locking: both}",),
            {"dev": (Locking.LOCKFILE, None)},
            ("dev: {account: dev, region: eu-west-1, locking: lockfile}",),
        ),
        (
            ("dev: {account: dev, region: eu-west-1, locking: both, lock_table: old}",),
            {"dev": (Locking.LOCKFILE, None)},
            ("dev: {account: dev, region: eu-west-1, locking: lockfile}",),
        ),
        (
            ("dev: {account: dev, region: eu-west-1, locking: lockfile}",),
            {"dev": (Locking.BOTH, "old")},
            ('dev: {account: dev, region: eu-west-1, locking: both, lock_table: "old"}',),
        ),
        (
            (
                "dev:",
                "  account: dev",
                "  region: eu-west-1",
                "  locking: both # x",
                "  lock_table: old",
            ),
            {"dev": (Locking.LOCKFILE, None)},
            ("dev:", "  account: dev", "  region: eu-west-1", "  locking: lockfile # x"),
        ),
        (
            ("dev:", "  locking: lockfile", "  account: dev", "  region: eu-west-1"),
            {"dev": (Locking.BOTH, "old")},
            (
                "dev:",
                "  locking: both",
                '  lock_table: "old"',
                "  account: dev",
                "  region: eu-west-1",
            ),
        ),
    ],
)
def test_a_backend_locks_as_wanted_and_every_other_byte_stays(
    before: tuple[str, ...],
    wanted: dict[str, tuple[Locking, str | None]],
    after: tuple[str, ...],
) -> None:
    assert with_locking(declaration(*before), wanted, path=PATH) == declaration(*after)


def test_line_ends_of_windows_stay() -> None:
    before = declaration("dev:", "  locking: lockfile", "  account: dev", "  region: eu-west-1")
    after = declaration(
        "dev:", "  locking: both", '  lock_table: "old"', "  account: dev", "  region: eu-west-1"
    )
    edited = with_locking(before.replace("\n", "\r\n"), {"dev": (Locking.BOTH, "old")}, path=PATH)
    assert edited == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "backends",
    [
        ('dev: {account: dev, region: eu-west-1, locking: "bo\\x74h"}',),
        (
            "dev:",
            "  account: dev",
            "  region: eu-west-1",
            "  locking: both",
            "  lock_table: old # why",
        ),
        ("other: {account: dev, region: eu-west-1, locking: both}",),
        ("x: &x {account: dev, region: eu-west-1, locking: both}", "dev: *x"),
    ],
    ids=["escaped", "comment on the line", "not declared", "alias"],
)
def test_what_cannot_be_edited_safely_is_left_to_a_person(backends: tuple[str, ...]) -> None:
    assert (
        with_locking(declaration(*backends), {"dev": (Locking.LOCKFILE, None)}, path=PATH) is None
    )
