"""One state's locks in full, as `locks show` and `locks break` lay them out."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.lock_board import LockSide
from holdfast.report.locks_show_text import danger_text, view_text
from tests.core.locked_states import (
    ANN,
    BEN,
    DENIED,
    NOW,
    info_of,
    item_side,
    locks_of,
    object_side,
)
from tests.core.test_lock_view import view_of


def test_one_state_is_shown_in_full() -> None:
    view = view_of(locks_of(object_side(info_of()), item_side(None)))
    text = view_text(view, now=NOW)
    assert text.startswith(
        "s3://states/network/terraform.tfstate\n"
        "  backend      dev\n"
        "  workspace    default\n"
        "  locked with  both\n"
        "  root         roots/network\n"
        "\n"
        "held     lock file  s3://states/network/terraform.tfstate.tflock\n"
        "  age         12 min\n"
        f"  removed by  {ANN}\n"
        f"  bytes       {len(info_of().body)}\n"
        f"  stored      {info_of().text}\n"
        "  engines     print: Lock Info:\n"
        f"                ID:        {ANN}\n"
        "                Path:      states/network/terraform.tfstate\n"
        "                Operation: OperationTypeApply\n"
        "                Who:       ann@ci-runner-7\n"
        "                Version:   1.11.4\n"
        "                Created:   2026-11-20 15:13:33 +0000 UTC\n"
        "                Info:\n"
        "\n"
        "none     lock item  `states/network/terraform.tfstate` in table `locks` in eu-west-1\n"
        "\n"
        "half  lock file in bucket `states` is there, lock item in table `locks` in eu-west-1 is"
        " not; this state is locked with both\n"
        "\n"
        "ask   ann@ci-runner-7\n"
        "\n"
        "to remove what is shown here, if the run is known to be dead:\n"
        f"  holdfast locks break network/terraform.tfstate --backend dev --lock-id {ANN}\n"
    )
    assert text.endswith("\n1 lock of 1 owner\n")


@pytest.mark.parametrize(
    ("sides", "verdict"),
    [
        ((object_side(None), item_side(None)), "not locked"),
        ((object_side(None), item_side(DENIED)), "no lock was seen; 1 store could not be read"),
        (
            (object_side(info_of(ANN)), item_side(info_of(BEN))),
            "2 locks of 2 owners",
        ),
        (
            (object_side(info_of(ANN)), item_side(DENIED)),
            "1 lock of 1 owner; 1 store could not be read",
        ),
    ],
)
def test_the_last_line_never_calls_free_what_nobody_read(
    sides: tuple[LockSide, ...], verdict: str
) -> None:
    assert view_text(view_of(locks_of(*sides)), now=NOW).splitlines()[-1] == verdict


def test_the_danger_is_said_before_anybody_is_asked() -> None:
    info = info_of()
    view = view_of(locks_of(object_side(info), item_side(info)))
    assert danger_text(view, now=NOW) == (
        "This removes 2 locks:\n"
        "\n"
        "  backend    dev\n"
        "  key        network/terraform.tfstate\n"
        "  held by    ann@ci-runner-7, OperationTypeApply, since 12 min\n"
        f"  lock ID    {ANN}\n"
        "  lock file  s3://states/network/terraform.tfstate.tflock\n"
        "  lock item  `states/network/terraform.tfstate` in table `locks` in eu-west-1\n"
        "\n"
        "It does not touch the state or your infrastructure.\n"
        "If that run still goes on, two runs can write the same state, and the work of one is lost.\n"
        "Holdfast cannot see whether it still goes on.\n"
    )


def test_a_lock_that_cannot_be_read_is_confirmed_by_its_hash() -> None:
    text = danger_text(view_of(locks_of(object_side(b""), mode=Locking.LOCKFILE)), now=NOW)
    assert "  stored     (empty)\n  its hash   sha256:e3b0c44298fc\n" in text


def test_a_table_that_is_not_there_is_said_to_be_missing() -> None:
    missing = replace(item_side(None), missing=True)
    text = view_text(view_of(locks_of(object_side(info_of()), missing)), now=NOW)
    assert (
        "none     lock item  `states/network/terraform.tfstate` in table `locks` in eu-west-1\n"
        "  because  the table does not exist\n"
    ) in text
