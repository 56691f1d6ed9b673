"""Which states move, which of them at once, and which stand in each other's way."""

import pytest

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.move_selection import MoveWay, colliding, default_states, together
from holdfast.core.state_naming import StateName

BACKEND = Backend(
    name="dev",
    bucket="states",
    region="eu-west-1",
    tables=(),
    locking=Locking.LOCKFILE,
    access=Access(),
    account=None,
    declared=True,
    uses=(),
)


def test_states_of_workspaces_move_with_that_of_the_default_one() -> None:
    keys = ["b", "env:/dev/b", "env:/dev/c", "env:/x/y/b", "a/b", "other/dev/b"]
    found = default_states(StateName(backend=BACKEND, key=key) for key in keys)
    # `env:/dev/c` is of nothing that is known, and the last two are of no workspace that an engine would make.
    assert [each.key for each in found] == ["a/b", "b", "env:/dev/c", "env:/x/y/b", "other/dev/b"]


def test_two_states_are_not_moved_to_one_place() -> None:
    ways = [
        MoveWay(
            source=StateName(backend=BACKEND, key=old), target=StateName(backend=BACKEND, key=new)
        )
        for old, new in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    assert colliding(ways) == (
        ("states/a", "several states would be moved to `states/x`"),
        ("states/b", "several states would be moved to `states/x`"),
    )


@pytest.mark.parametrize(
    ("files", "groups"),
    [
        ([], ()),
        ([["a"], ["b"], []], ((0,), (1,), (2,))),
        ([["a"], ["b"], ["b", "a"], ["c"]], ((0, 1, 2), (3,))),
        ([["a", "s"], ["b"], ["s", "c"], ["c", "b"]], ((0, 1, 2, 3),)),
        ([["s"], ["x"], ["s"]], ((0, 2), (1,))),
    ],
)
def test_moves_that_change_a_file_in_common_are_one(
    files: list[list[str]], groups: tuple[tuple[int, ...], ...]
) -> None:
    assert together(files) == groups
