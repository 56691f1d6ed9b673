"""A move and a forget as a person reads them, to the last character."""

from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.state_content import ReadState, StateHead
from holdfast.core.state_moves import (
    ForgetOutlook,
    MoveOutlook,
    MoveStanding,
    RootToInitialise,
    StateToForget,
    StateToMove,
)
from holdfast.report.state_move_text import (
    forget_text,
    forgotten_line,
    move_end_lines,
    move_text,
    moved_line,
)

STATE = ReadState(
    content=StateHead(
        format_version=4, engine_version="1.15.5", serial=7, lineage="aa-bb", resource_count=2
    ),
    size_bytes=2048,
    md5="0" * 32,
)
EDIT = CodeFileEdit(
    path="a/backend.hcl",
    before=b'key = "a"\nsecret_key = "hunter2"\n',
    after=b'key = "b"\nsecret_key = "hunter2"\n',
)


def outlook(*edits: CodeFileEdit, roots: tuple[RootToInitialise, ...] = ()) -> MoveOutlook:
    moved = StateToMove(source_key="a", target_key="b", source=STATE, standing=MoveStanding.TO_COPY)
    return MoveOutlook(
        source_bucket="old", target_bucket="new", states=(moved,), edits=edits, roots=roots
    )


def test_a_move_is_shown_with_the_code_that_changes_and_no_secret() -> None:
    assert move_text(outlook(EDIT)).splitlines() == [
        "old/a",
        "  to        new/b",
        "  it holds  serial 7, lineage aa-bb, engine 1.15.5, 2 resources, 2.0 KiB",
        "  it is     to be copied",
        "  stays     the old object, locked with the words `moved to new/b`",
        "",
        "--- a/a/backend.hcl",
        "+++ b/a/backend.hcl",
        "@@ -1,2 +1,2 @@",
        '-key = "a"',
        '+key = "b"',
        " secret_key = (sensitive)",
    ]


def test_without_code_to_change_it_says_why() -> None:
    root = RootToInitialise(path="a", partial_file="")
    last = [move_text(each).splitlines()[-1] for each in (outlook(), outlook(roots=(root,)))]
    assert last == [
        "no code is changed: none in this directory names the state",
        "no code is changed: it names the new place already",
    ]


def test_what_became_of_each_state_and_what_is_left_to_do() -> None:
    lines = [
        moved_line("a", "new/b", standing=MoveStanding.TO_COPY, was_there=False),
        moved_line("a", "new/b", standing=MoveStanding.COPIED, was_there=True),
        moved_line("a", "new/b", standing=MoveStanding.IN_USE, was_there=True),
        *move_end_lines(outlook(EDIT), files=1),
    ]
    assert lines == [
        "a -> new/b: is copied, byte for byte; read back and its digest fits",
        "a -> new/b: was there already, byte for byte; read back and its digest fits",
        "a -> new/b: moved by an earlier run, and written since; it was left as it is",
        "1 state moved, 1 file of code changed",
        "the old place stays locked; when the new one is in use, remove what is left there:",
        "  holdfast states forget old/a",
    ]


def test_what_would_be_forgotten() -> None:
    states = (
        StateToForget(source_key="a", target_path="new/b", source=STATE, target=STATE),
        StateToForget(source_key="c", target_path="new/d", source=None, target=None),
    )
    assert forget_text(ForgetOutlook(bucket="old", states=states)).splitlines() == [
        "old/a",
        "  it holds  serial 7, lineage aa-bb, engine 1.15.5, 2 resources",
        "  moved to  new/b",
        "  there     serial 7: not written since the move",
        "old/c",
        "  it holds  nothing any more, but its lock",
        "  moved to  new/d",
        "  there     no serial that can be read",
    ]
    assert [forgotten_line("a", versioned=each) for each in (True, False)] == [
        ("a is removed, with its digests and its lock; the bucket keeps it as an older version"),
        "a is removed, with its digests and its lock",
    ]
