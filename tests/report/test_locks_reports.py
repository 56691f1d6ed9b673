"""The board as text, Markdown and JSON, and one state in full: whole, clean, and never "free" for "unknown"."""

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from holdfast.core.backends import Locking
from holdfast.core.facts import Reason, Withheld
from holdfast.core.lock_board import Board, BoardRow, LockSide, Mark, StateLocks, StoreListing
from holdfast.core.lock_marks import Onlooker, marks_of
from holdfast.core.locks import LockKind
from holdfast.report.columns import Ink
from holdfast.report.locks_json import board_json
from holdfast.report.locks_markdown import board_markdown
from holdfast.report.locks_show_text import danger_text, view_text
from holdfast.report.locks_text import board_text
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
from tests.support.source_tree import ROOT

SCHEMA = ROOT / "src/holdfast/report/schemas/locks-v1.json"
DENIED_SCAN = Withheld(
    reason=Reason.PERMISSION, permission="dynamodb:Scan", detail="AccessDenied: not\x1b[2J you"
)
BUCKET = StoreListing(
    kind=LockKind.OBJECT, place="bucket `states`", backends=("dev",), looked_at=12_000
)
TABLE = StoreListing(
    kind=LockKind.ITEM,
    place="table `locks` in eu-west-1",
    backends=("dev", "prod"),
    looked_at=1003,
    digests=1000,
    others=1,
)


def row(*sides: LockSide, key: str, mode: Locking = Locking.BOTH) -> BoardRow:
    locks = locks_of(*sides, mode=mode, key=key)
    return BoardRow(locks=locks, marks=marks_of(locks, Onlooker(who="ann@laptop", now=NOW)))


FULL = Board(
    rows=(
        row(object_side(info_of()), item_side(info_of()), key="a/both"),
        row(object_side(info_of(ANN)), item_side(info_of(BEN, who="ben@x")), key="b/two"),
        row(object_side(b""), item_side(None), key="c/empty", mode=Locking.LOCKFILE),
        row(object_side(DENIED, found=True), item_side(None), key="d/sealed"),
    ),
    stores=(BUCKET, TABLE),
)


# Text -------------------------------------------------------------------------------------------


def test_the_text_has_a_row_for_each_owner_and_the_evidence_of_each_mark() -> None:
    assert board_text(FULL, now=NOW) == (
        "backend  key       lock      who              operation           engine   age"
        "      id                                    marks\n"
        "dev      a/both    both      ann@ci-runner-7  OperationTypeApply  1.11.4   12 min"
        f"   {ANN}\n"
        "dev      b/two     lockfile  ann@ci-runner-7  OperationTypeApply  1.11.4   12 min"
        f"   {ANN}  differ\n"
        "dev      b/two     dynamodb  ben@x            OperationTypeApply  1.11.4   12 min"
        f"   {BEN}  differ\n"
        "dev      c/empty   lockfile  unknown          unknown             unknown  unknown"
        "  sha256:e3b0c44298fc                   unreadable\n"
        "dev      d/sealed  lockfile  unknown          unknown             unknown  unknown"
        "  unknown                               unknown\n"
        "\n"
        "differ      b/two\n"
        f"  lock file in bucket `states`: ann@ci-runner-7 with {ANN};"
        f" lock item in table `locks` in eu-west-1: ben@x with {BEN}\n"
        "unreadable  c/empty\n"
        "  lock file in bucket `states`: it is empty; no engine can show or force-unlock it\n"
        "unknown     d/sealed\n"
        "  bucket `states`: there is a lock file, and who holds it is not known:"
        " permission `dynamodb:GetItem` is missing\n"
        "\n"
        "4 states with locks (1 differ, 1 unreadable, 1 unknown); looked at 12,000 keys in"
        " 1 bucket and 1,003 items in 1 table (1,000 digests, 1 of other backends)\n"
    )


def test_nothing_seen_is_not_called_free_while_a_store_is_unknown() -> None:
    denied = StoreListing(
        kind=LockKind.ITEM, place=TABLE.place, backends=("dev",), withheld=DENIED_SCAN
    )
    assert board_text(Board(rows=(), stores=(BUCKET, denied)), now=NOW) == (
        "unknown  table `locks` in eu-west-1  permission `dynamodb:Scan` is missing\n"
        "  nobody can say which locks of dev are in it\n"
        "\n"
        "no lock was seen; looked at 12,000 keys in 1 bucket and 0 items in 1 table"
        " (0 digests, 0 of other backends); 1 store could not be read to the end\n"
    )


def test_a_store_that_is_not_there_is_said_to_be_missing() -> None:
    missing = StoreListing(kind=LockKind.ITEM, place=TABLE.place, backends=("dev",), missing=True)
    assert board_text(Board(rows=(), stores=(missing,)), now=NOW).splitlines()[:2] == [
        "missing  table `locks` in eu-west-1",
        "  dev cannot be locked in it; `holdfast audit` says more",
    ]


def test_workspaces_have_a_column_where_there_are_any() -> None:
    locks = locks_of(item_side(info_of()), mode=Locking.DYNAMODB)
    blue = StateLocks(
        backend="dev",
        bucket="states",
        key="env:/blue/x",
        workspace="blue",
        modes=locks.modes,
        sides=locks.sides,
    )
    board = Board(rows=(BoardRow(locks=blue), BoardRow(locks=locks)), stores=())
    header, first, second = board_text(board, now=NOW).splitlines()[:3]
    assert header.split()[2] == "workspace"
    assert (first.split()[2], second.split()[2]) == ("blue", "default")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(minutes=-30), "in the future"),
        (timedelta(seconds=-20), "0 s"),
        (timedelta(hours=30), "1 d 6 h"),
    ],
)
def test_an_age_is_by_the_clock_of_the_holder(age: timedelta, words: str) -> None:
    lone = row(item_side(info_of(age=age)), key="a", mode=Locking.DYNAMODB)
    assert f"  {words}  " in board_text(Board(rows=(lone,), stores=()), now=NOW)


def test_colour_says_nothing_that_the_words_do_not() -> None:
    plain = board_text(FULL, now=NOW)
    coloured = board_text(FULL, now=NOW, ink=Ink(coloured=True))
    assert coloured != plain
    for code in ("1", "2", "31", "33", "31;1"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured.replace("\x1b[0m", "") == plain


# What others wrote ------------------------------------------------------------------------------

HOSTILE = "\x1b[2J|<b>\u202e_x_"


def hostile_board() -> Board:
    info = info_of(HOSTILE, who=HOSTILE, operation=HOSTILE)
    return Board(
        rows=(row(object_side(info), item_side(b"\x1b[31m"), key=f"k{HOSTILE}"),),
        stores=(
            StoreListing(
                kind=LockKind.OBJECT,
                place="bucket `states`",
                backends=(HOSTILE,),
                withheld=DENIED_SCAN,
            ),
        ),
    )


def test_no_report_lets_foreign_text_move_the_cursor() -> None:
    board = hostile_board()
    view = view_of(board.rows[0].locks)
    for text in (
        board_text(board, now=NOW),
        board_markdown(board, now=NOW),
        board_json(board, now=NOW, holdfast_version="0.1.0"),
        view_text(view, now=NOW),
        danger_text(view, now=NOW),
    ):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_markdown_stays_a_table() -> None:
    lines = board_markdown(hostile_board(), now=NOW).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {11}
    assert not any("<b>" in line for line in rows)


def test_the_markdown_says_what_the_text_says() -> None:
    text = board_markdown(FULL, now=NOW)
    assert text.startswith("# Locks\n\n| backend | key | workspace |")
    assert text.splitlines()[-1] == board_text(FULL, now=NOW).splitlines()[-1]
    assert "### marks" in text


# JSON -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("board", [FULL, hostile_board(), Board(rows=(), stores=())])
def test_the_document_is_as_its_schema_says(board: Board) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(board_json(board, now=NOW, holdfast_version="0.1.0"))
    Draft202012Validator(schema).validate(document)


def test_the_document_has_every_lock_and_every_store_that_was_asked() -> None:
    document = json.loads(board_json(FULL, now=NOW, holdfast_version="0.1.0"))
    assert document["complete"] is False
    assert [
        [(lock["kind"], lock["status"]) for lock in state["locks"]] for state in document["states"]
    ] == [
        [("lockfile", "held"), ("dynamodb", "held")],
        [("lockfile", "held"), ("dynamodb", "held")],
        [("lockfile", "held"), ("dynamodb", "free")],
        [("lockfile", "unknown"), ("dynamodb", "free")],
    ]
    assert document["states"][0]["locks"][0] == {
        "kind": "lockfile",
        "place": "bucket `states`",
        "status": "held",
        "confirmation": ANN,
        "problem": None,
        "id": ANN,
        "who": "ann@ci-runner-7",
        "operation": "OperationTypeApply",
        "info": "",
        "engine_version": "1.11.4",
        "created": "2026-11-20T15:13:33Z",
        "age_seconds": 720,
    }
    assert document["summary"] == {
        "states": 4,
        "locks": 5,
        **dict.fromkeys([mark.value for mark in Mark], 0),
        "differ": 1,
        "unreadable": 1,
        "unknown": 1,
        "digests": 1000,
        "items_of_others": 1,
        "stores_unknown": 0,
    }
