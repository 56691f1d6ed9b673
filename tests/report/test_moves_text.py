"""Many moves as a person reads them, to the last character."""

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.move_selection import MoveWay, WayOutlook, WayStanding
from holdfast.core.state_naming import StateName
from holdfast.report.moves_text import moved_lines, moves_text, stopped_lines


def backend(name: str) -> Backend:
    return Backend(
        name=name,
        bucket=name,
        region="eu-west-1",
        tables=(),
        locking=Locking.LOCKFILE,
        access=Access(),
        account=None,
        declared=True,
        uses=(),
    )


def way(old: str, new: str, *, to: str = "here") -> MoveWay:
    return MoveWay(
        source=StateName(backend=backend("here"), key=old),
        target=StateName(backend=backend(to), key=new),
    )


def test_a_backend_that_moves_is_shown_by_its_keys() -> None:
    outlook = [
        WayOutlook(
            way=way("a", "a", to="there"),
            standing=WayStanding.TO_MOVE,
            states=2,
            size_bytes=3000,
            files=("a/main.tf",),
        ),
        WayOutlook(way=way("b", "b", to="there"), standing=WayStanding.ORPHAN),
        WayOutlook(
            way=way("c", "c", to="there"), standing=WayStanding.NO_STATE, files=("c/x", "c/y")
        ),
    ]
    assert moves_text(outlook).splitlines() == [
        "from  here/<key>",
        "to    there/<key>",
        "state  states  size     files",
        "a      2       2.9 KiB  1      to be moved",
        "b      -       -        -      stays: no code uses it",
        "c      -       -        2      there is no state yet: its code is changed",
        "",
        "3 states: 1 to be moved, 1 there is no state yet: its code is changed, 1 stays: no code uses it",
    ]


def test_each_pair_of_buckets_is_shown_with_what_its_keys_have_in_common() -> None:
    begun = [
        WayOutlook(
            way=way(f"old/{name}/tfstate", f"new/{name}.tfstate"),
            standing=WayStanding.BEGUN,
            states=1,
            size_bytes=10,
            files=("f",),
        )
        for name in ("a", "b")
    ]
    moved = WayOutlook(way=way("b", "x/b", to="there"), standing=WayStanding.MOVED)
    assert moves_text([*begun, moved]).splitlines() == [
        "from  here/old/<key>/tfstate",
        "to    here/new/<key>",
        "state  new key    states  size  files",
        "a      a.tfstate  1       10 B  1      begun by an earlier run",
        "b      b.tfstate  1       10 B  1      begun by an earlier run",
        "",
        "from  here/<key>",
        "to    there/<key>",
        "state  new key  states  size  files",
        "b      x/b      -       -     -      moved already",
        "",
        "3 states: 2 begun by an earlier run, 1 moved already",
    ]
    assert moves_text([]) == "0 states: nothing to do"


def test_what_was_done_and_what_was_not() -> None:
    assert list(moved_lines(["here/a"], states=2, files=1)) == [
        "2 states moved, 1 file of code changed",
        "the old places stay locked; when the new ones are in use, remove what is left there:",
        "  holdfast states forget here/a",
    ]
    assert list(stopped_lines(["here/a"], ["here/b"])) == [
        "1 state with all workspaces moved, 1 not:",
        "  here/b",
        "run the same command again: it goes on with those",
    ]
