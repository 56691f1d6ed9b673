"""One state's locks in full: the engine's words, and commands that remove only what was shown."""

import json
import shlex

import pytest

from holdfast.core.backends import Access, Endpoints, Locking
from holdfast.core.facts import Known
from holdfast.core.lock_board import LockSide, StateLocks
from holdfast.core.lock_info import LockInfo, UnreadableLock
from holdfast.core.lock_marks import Onlooker, marks_of
from holdfast.core.lock_view import (
    BreakCommand,
    LockPlace,
    StateView,
    break_commands,
    engine_lines,
    engine_time,
)
from holdfast.core.locks import LockKind, StoredLock
from tests.core.locked_states import (
    ANN,
    BEN,
    BUCKET,
    DENIED,
    ITEM_PLACE,
    KEY,
    NOW,
    info_of,
    item_side,
    locks_of,
    object_side,
)

REGION = ("--region", "eu-west-1")
DELETE_OBJECT = (
    *("aws", "s3api", "delete-object", "--bucket", "states", "--key", f"{KEY}.tflock"),
    *("--if-match", '"etag"', "--expected-bucket-owner", "111111111111", *REGION),
)
DELETE_ITEM = (
    *("aws", "dynamodb", "delete-item", "--table-name", "locks"),
    *("--key", json.dumps({"LockID": {"S": f"states/{KEY}"}})),
    *("--condition-expression", "Info = :info", "--expression-attribute-values"),
)


def view_of(locks: StateLocks, *, access: Access | None = None) -> StateView:
    """The view of a state in `eu-west-1`, used by one root."""
    return StateView(
        locks=locks,
        places=tuple(place_of(side, access or Access()) for side in locks.sides),
        marks=marks_of(locks, Onlooker(who="ann@laptop", now=NOW)),
        roots=("roots/network",),
    )


def place_of(side: LockSide, access: Access) -> LockPlace:
    return LockPlace(
        kind=side.kind,
        bucket=BUCKET,
        key=KEY,
        table="locks" if side.kind is LockKind.ITEM else None,
        region="eu-west-1",
        access=access,
        account="111111111111",
    )


def lines(view: StateView) -> list[tuple[str, str, str]]:
    return [(each.program, each.line, each.remark) for each in break_commands(view)]


# What an engine prints --------------------------------------------------------------------------


def test_the_block_is_that_of_the_engine() -> None:
    # From the wire and the terminal of Terraform 1.11.4.
    info = LockInfo(
        identifier="1a64d4cc-59ba-bbf9-64b6-1888423d5313",
        operation="OperationTypeApply",
        who="root@vm",
        version="1.11.4",
        created="2026-11-20T15:26:46.415459056Z",
        path="tfstate-a/mx/ddb-ddb/terraform.tfstate",
    )
    assert "\n".join(engine_lines(info)) == (
        "Lock Info:\n"
        "  ID:        1a64d4cc-59ba-bbf9-64b6-1888423d5313\n"
        "  Path:      tfstate-a/mx/ddb-ddb/terraform.tfstate\n"
        "  Operation: OperationTypeApply\n"
        "  Who:       root@vm\n"
        "  Version:   1.11.4\n"
        "  Created:   2026-11-20 15:26:46.415459056 +0000 UTC\n"
        "  Info:      "
    )


@pytest.mark.parametrize(
    ("created", "printed"),
    [
        ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC"),
        ("2026-11-20T15:26:46.5Z", "2026-11-20 15:26:46.5 +0000 UTC"),
        ("2026-11-20T15:26:46+02:00", "2026-11-20 15:26:46 +0200 +0200"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_time_is_printed_as_go_does(created: str, printed: str) -> None:
    assert engine_time(created) == printed


# Commands ---------------------------------------------------------------------------------------


def test_the_commands_remove_exactly_what_was_shown() -> None:
    info = info_of()
    view = view_of(locks_of(object_side(info), item_side(info)))
    assert lines(view) == [
        ("holdfast", f"holdfast locks break {KEY} --backend dev --lock-id {ANN}", ""),
        ("terraform", f"terraform -chdir=roots/network force-unlock {ANN}", ""),
        ("aws", shlex.join(DELETE_OBJECT), ""),
        ("aws", shlex.join((*DELETE_ITEM, json.dumps({":info": {"S": '"etag"'}}), *REGION)), ""),
    ]


def test_each_of_two_owners_is_named() -> None:
    view = view_of(locks_of(object_side(info_of(ANN)), item_side(info_of(BEN))))
    assert lines(view)[0][1].endswith(f" --lock-id {ANN} --lock-id {BEN}")
    assert [program for program, _, _ in lines(view)].count("terraform") == 2


def test_half_a_lock_is_removed_by_an_engine_that_says_it_failed() -> None:
    view = view_of(locks_of(object_side(None), item_side(info_of())))
    (engine,) = (each for each in break_commands(view) if each.program == "terraform")
    assert engine == BreakCommand(
        program="terraform",
        line=f"terraform -chdir=roots/network force-unlock {ANN}",
        remark="it exits with 1 although it removes this lock, as the other one is missing",
    )


def test_no_engine_can_remove_what_it_cannot_read() -> None:
    view = view_of(locks_of(object_side(b""), mode=Locking.LOCKFILE))
    assert [each.program for each in break_commands(view)] == ["holdfast", "aws"]


def test_an_item_without_its_text_is_removed_while_it_has_none() -> None:
    unreadable = UnreadableLock(body=b"", problem="it has no `Info` text")
    side = LockSide(
        kind=LockKind.ITEM,
        place=ITEM_PLACE,
        seen=Known(StoredLock(content=unreadable, tag=None)),
    )
    locks = locks_of(side, mode=Locking.DYNAMODB)
    (_, command) = break_commands(view_of(locks))
    words = shlex.split(command.line)
    assert words[words.index("--condition-expression") + 1] == (
        "attribute_exists(LockID) AND attribute_not_exists(Info)"
    )


def test_nothing_is_removed_where_nothing_was_seen() -> None:
    assert break_commands(view_of(locks_of(object_side(None), item_side(DENIED)))) == ()


def test_the_commands_go_where_the_backend_is() -> None:
    access = Access(profile="msdp-dev", endpoints=Endpoints(s3="http://s3.local"))
    view = view_of(locks_of(object_side(info_of()), mode=Locking.LOCKFILE), access=access)
    assert lines(view)[-1][1].endswith(
        " --region eu-west-1 --profile msdp-dev --endpoint-url http://s3.local"
    )


def test_a_lock_cannot_put_words_into_a_shell() -> None:
    info = info_of(who="$(reboot)'; reboot #")
    view = view_of(locks_of(item_side(info), mode=Locking.DYNAMODB))
    for each in break_commands(view):
        assert shlex.join(shlex.split(each.line)) == each.line


def test_an_item_whose_text_is_none_is_removed_while_it_is_what_was_shown() -> None:
    text = '{"M":{"ID":{"S":"a"}}}'
    unreadable = UnreadableLock(body=text.encode(), problem="its `Info` is not a text")
    lock = StoredLock(content=unreadable, tag=text, is_typed=True, body=text.encode())
    side = LockSide(kind=LockKind.ITEM, place=ITEM_PLACE, seen=Known(lock))
    (_, command) = break_commands(view_of(locks_of(side, mode=Locking.DYNAMODB)))
    words = shlex.split(command.line)
    assert words[words.index("--condition-expression") + 1] == "Info = :info"
    values = json.loads(words[words.index("--expression-attribute-values") + 1])
    assert values == {":info": json.loads(text)}
