"""The journal: whole lines, for the user alone, and nothing is removed without it."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from holdfast.app.journal import Journal, Removal, RemovalCommand, Remover, journal_path
from holdfast.core.backends import Access
from holdfast.core.facts import Known
from holdfast.core.lock_info import read_lock
from holdfast.core.lock_outcomes import PartRelease
from holdfast.core.lock_view import LockPlace
from holdfast.core.locks import LockKind, Released, StoredLock
from holdfast.errors import JournalNotWrittenError
from tests.app.locks.boards import ANN, lock_of
from tests.app.locks.breaking import breaker
from tests.support.locking import KEY, Site

PLACE = LockPlace(
    kind=LockKind.ITEM,
    bucket="states",
    key="net/terraform.tfstate",
    table="locks",
    region="eu-west-1",
    access=Access(),
    account=None,
)


def removal(body: bytes = b'{"ID":"a"}', identifier: str = "01") -> Removal:
    return Removal(
        identifier=identifier,
        moment="2026-11-20T15:25:33Z",
        command=RemovalCommand.BREAK,
        remover=Remover(who="ann@laptop", caller=None, version="0.1.0"),
        backend="dev",
        place=PLACE,
        lock=StoredLock(content=read_lock(body), tag='{"ID":"a"}', body=body),
    )


def outcome() -> PartRelease:
    lock = removal().lock
    return PartRelease(
        kind=LockKind.ITEM,
        place="table `locks`",
        lock=lock,
        outcome=Released(),
        after=Known(None),
    )


def test_an_intent_and_an_outcome_are_two_lines_of_one_removal(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "journal.jsonl")
    journal.note_intent(removal())
    journal.note_outcome(removal(), outcome(), moment="2026-11-20T15:25:34Z")
    assert [json.loads(line) for line in journal.path.read_text().splitlines()] == [
        {
            "version": 1,
            "event": "intent",
            "removal": "01",
            "moment": "2026-11-20T15:25:33Z",
            "command": "locks break",
            "by": "ann@laptop",
            "caller": None,
            "holdfast": "0.1.0",
            "backend": "dev",
            "lock": "dynamodb",
            "bucket": "states",
            "key": "net/terraform.tfstate",
            "table": "locks",
            "region": "eu-west-1",
            "tag": '{"ID":"a"}',
            "typed": False,
            "version_id": None,
            "text": '{"ID":"a"}',
            "base64": None,
        },
        {
            "version": 1,
            "event": "outcome",
            "removal": "01",
            "moment": "2026-11-20T15:25:34Z",
            "standing": "gone",
            "reason": "",
        },
    ]


def test_bytes_that_are_no_text_are_kept_as_they_are(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "journal.jsonl")
    journal.note_intent(removal(b"\xff\x00"))
    record = json.loads(journal.path.read_text())
    assert (record["text"], record["base64"]) == (None, "/wA=")


def test_nothing_in_a_line_can_move_a_cursor(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "journal.jsonl")
    journal.note_intent(removal("\x1b[2J\n\u202e".encode()))
    assert journal.path.read_bytes().isascii()
    assert b"\x1b" not in journal.path.read_bytes()
    assert journal.path.read_bytes().count(b"\n") == 1


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "new" / "deep" / "journal.jsonl")
    journal.note_intent(removal())
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700


def test_a_line_that_a_killed_command_left_unfinished_spoils_no_other(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "journal.jsonl")
    journal.path.write_bytes(b'{"half": ')
    journal.note_intent(removal())
    first, second = journal.path.read_text().splitlines()
    assert first == '{"half": '
    assert json.loads(second)["removal"] == "01"


def test_commands_at_the_same_time_keep_their_lines_apart(tmp_path: Path) -> None:
    journal = Journal(path=tmp_path / "journal.jsonl")
    identifiers = [f"{number:02}" for number in range(40)]
    with ThreadPoolExecutor(max_workers=8) as executor:
        list(
            executor.map(lambda each: journal.note_intent(removal(b"x" * 9000, each)), identifiers)
        )
    found = [json.loads(line)["removal"] for line in journal.path.read_text().splitlines()]
    assert sorted(found) == identifiers


@pytest.mark.parametrize("path", ["/dev/null", "/proc/journal.jsonl", "/dev/null/journal.jsonl"])
def test_a_journal_that_cannot_be_written_says_so(path: str) -> None:
    before = Path("/dev/null").stat().st_mode
    with pytest.raises(JournalNotWrittenError):
        Journal(path=Path(path)).note_intent(removal())
    assert Path("/dev/null").stat().st_mode == before


def test_nothing_is_removed_without_a_journal(place: Site, tmp_path: Path) -> None:
    ann = breaker(place, tmp_path / "file" / "below")
    (tmp_path / "file").write_text("not a directory")
    for kind in LockKind:
        place.put_lock(kind, KEY, lock_of(place, KEY, ANN).text)
    with pytest.raises(JournalNotWrittenError):
        ann.remove(ann.look(), ANN)
    assert len(ann.look().view.locks.held) == 2


def test_the_journal_is_where_the_desktop_keeps_state() -> None:
    home = Path("/home/ann")
    default = home / ".local/state/holdfast/journal.jsonl"
    assert journal_path({}, home) == default
    assert journal_path({"XDG_STATE_HOME": ""}, home) == default
    assert journal_path({"XDG_STATE_HOME": "relative"}, home) == default
    assert journal_path({"XDG_STATE_HOME": "/var/state"}, home) == (
        Path("/var/state/holdfast/journal.jsonl")
    )
