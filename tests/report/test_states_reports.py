"""The states of a fleet as text and JSON, and one state in full: whole, clean, and never "fine" for "unknown"."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from holdfast.core.digests import DigestFinding, DigestVerdict, StoredDigest
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.state_board import StateBoard, WalkedStore, board_of
from holdfast.core.state_content import (
    EmptyState,
    EncryptedState,
    ReadState,
    StateHead,
    UnreadableState,
)
from holdfast.core.state_versions import HistoryEntry, RestoreOutlook, StateVersion
from holdfast.report.columns import Ink
from holdfast.report.digests_text import digest_count_line, digest_lines, foreign_lines
from holdfast.report.state_history_text import history_text
from holdfast.report.state_restore_text import restore_text, restored_line
from holdfast.report.state_show_text import state_text
from holdfast.report.states_json import states_json
from holdfast.report.states_text import size_words, states_text
from tests.report.found_states import DENIED, HEAD, WRITTEN, found
from tests.support.source_tree import ROOT

SCHEMA = ROOT / "src/holdfast/report/schemas/states-v1.json"
FULL = board_of(
    [
        found("a", Known(HEAD)),
        found("b", Known(HEAD), workspace=None, digest=DigestVerdict.STALE),
        found("c", Known(EncryptedState(encryption_version="v0"))),
        found("d", Known(EmptyState()), size_bytes=None, digest=DigestVerdict.STATE_MISSING),
        found("e", DENIED, digest=DigestVerdict.UNKNOWN),
        found("f", Known(UnreadableState(problem="it is not JSON"))),
    ],
    [
        WalkedStore(place="bucket `states`", looked_at=7, others=1, missing=False, withheld=None),
        WalkedStore(place="table `locks`", looked_at=0, others=0, missing=True, withheld=None),
    ],
    was_read=True,
)


def test_the_text_has_a_row_for_each_state_and_the_evidence_of_each_mark() -> None:
    assert (
        states_text(FULL)
        == """\
key  serial   resources  size     written           marks

states/<key>  (backend dev)
a    7        12         1.4 KiB  2026-11-20 15:25  twin
b    7        12         1.4 KiB  2026-11-20 15:25  twin orphan digest-stale
c    -        -          1.4 KiB  2026-11-20 15:25  encrypted
d    -        -          -        -                 missing digest-state-missing
e    unknown  unknown    1.4 KiB  2026-11-20 15:25  digest-unknown
f    -        -          1.4 KiB  2026-11-20 15:25  unreadable

twin  states/a
  lineage 21c4be3e-cbaa-58f6-a495-569255c2825e is also that of states/b
twin  states/b
  lineage 21c4be3e-cbaa-58f6-a495-569255c2825e is also that of states/a
orphan  states/b
  no root in this directory uses the key
encrypted  states/c
  encryption v0: nobody without the key can read it
missing  states/d
  roots/d would start with an empty state
unknown  states/e
  permission `s3:GetObject` is missing
unreadable  states/f
  it is not JSON

bucket `states`: 1 object besides, no states
missing  table `locks`: there is none

5 states: 2 twin, 1 orphan, 1 missing, 1 unreadable, 1 encrypted, 2 with a wrong digest, not everything could be read
"""
    )


def test_nothing_seen_is_not_called_nothing_there_while_a_store_is_unknown() -> None:
    store = WalkedStore(
        place="bucket `states`", looked_at=0, others=0, missing=False, withheld=DENIED
    )
    assert states_text(board_of([], [store], was_read=True)) == (
        "unknown  bucket `states`: permission `s3:GetObject` is missing\n\n"
        "0 states: not everything could be read\n"
    )


@pytest.mark.parametrize("board", [FULL, board_of([], [], was_read=False)], ids=["full", "empty"])
def test_the_document_is_as_its_schema_says(board: StateBoard) -> None:
    document = json.loads(states_json(board, holdfast_version="0.1.0"))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert list(validator.iter_errors(document)) == []


def test_the_document_has_every_state() -> None:
    document = json.loads(states_json(FULL, holdfast_version="0.1.0"))
    assert [(each["key"], each["kind"], each["serial"]) for each in document["states"]] == [
        ("a", "state", 7),
        ("b", "state", 7),
        ("c", "encrypted", None),
        ("d", "missing", None),
        ("e", "unknown", None),
        ("f", "unreadable", None),
    ]
    assert document["complete"] is False
    assert document["summary"] == {
        "states": 5,
        "twin": 2,
        "orphan": 1,
        "missing": 1,
        "unreadable": 1,
        "empty": 0,
        "encrypted": 1,
    }


def test_no_report_lets_foreign_text_move_the_cursor() -> None:
    hostile = board_of(
        [found("a\x1b[2J", Known(UnreadableState(problem="\x07")), workspace="\x1b]0;x")],
        [WalkedStore(place="\x1b[1m", looked_at=0, others=0, missing=False, withheld=DENIED)],
        was_read=True,
    )
    for text in (states_text(hostile), states_json(hostile, holdfast_version="0.1.0")):
        assert "\x1b" not in text
        assert "\\u001b" not in text
        assert "\x07" not in text


def test_colour_says_nothing_that_the_words_do_not() -> None:
    coloured = states_text(FULL, ink=Ink(coloured=True))
    assert coloured != states_text(FULL)
    assert strip(coloured) == states_text(FULL)


def strip(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1536, "1.5 KiB"),
        (200 << 20, "200.0 MiB"),
        (6 << 30, "6.0 GiB"),
    ],
)
def test_sizes(size_bytes: int, words: str) -> None:
    assert size_words(size_bytes) == words


# One state ----------------------------------------------------------------------------------------

NOW = StateVersion(
    identifier="v3", written=WRITTEN, size_bytes=10, tag='"c"', current=True, deleted=False
)
GONE = StateVersion(
    identifier="v2", written=WRITTEN, size_bytes=0, tag="", current=False, deleted=True
)
OLD = StateVersion(
    identifier="v1", written=WRITTEN, size_bytes=9, tag='"a"', current=False, deleted=False
)
NOT_READ = Withheld(reason=Reason.NOT_ASKED, detail="not read")


def test_the_versions_of_a_state() -> None:
    entries = (
        HistoryEntry(version=NOW, content=Known(HEAD)),
        HistoryEntry(version=GONE, content=NOT_READ),
        HistoryEntry(version=OLD, content=NOT_READ),
    )
    assert (
        history_text("a/b", entries)
        == """\
version  written              size  serial  lineage   engine
v3       2026-11-20 15:25:33  10 B  7       21c4be3e  1.9.8   current
v2       2026-11-20 15:25:33  -     -       -         -       deleted: from here on there was no state
v1       2026-11-20 15:25:33  9 B   -       -         -       not read

a/b: 2 versions, 1 delete marker
"""
    )


def test_what_a_restore_would_do() -> None:
    outlook = RestoreOutlook(
        bucket="states",
        key="a/b",
        current=ReadState(content=HEAD, size_bytes=1447, md5=None),
        target=OLD,
        old=ReadState(
            content=StateHead(
                format_version=4,
                engine_version="1.9.8",
                serial=3,
                lineage="another",
                resource_count=1,
            ),
            size_bytes=900,
            md5=None,
        ),
        serial=8,
    )
    assert (
        restore_text(outlook)
        == """\
states/a/b
  now       serial 7, lineage 21c4be3e-cbaa-58f6-a495-569255c2825e, engine 1.9.8, 12 resources
  version   v1 of 2026-11-20 15:25:33
  it holds  serial 3, lineage another, engine 1.9.8, 1 resource, 900 B
  it gets   serial 8, so that plans from before are refused
its lineage is another: another, and now 21c4be3e-cbaa-58f6-a495-569255c2825e"""
    )
    assert restored_line("a/b", HEAD, was_there=False).startswith("a/b is restored (serial 7, ")
    assert restored_line("a/b", HEAD, was_there=True).startswith("a/b held that version already")


def test_one_state_in_full() -> None:
    finding = DigestFinding(
        verdict=DigestVerdict.RIGHT, stored=StoredDigest(text="0" * 32), md5="0" * 32
    )
    assert (
        state_text(
            "states/a",
            roots=("roots/a",),
            workspace="default",
            state=ReadState(content=HEAD, size_bytes=1447, md5="0" * 32),
            written=WRITTEN,
            digests=(("locks", finding),),
            versions=(NOW, GONE, OLD),
        )
        == """\
states/a
  root       roots/a
  workspace  default
  state      serial 7, lineage 21c4be3e-cbaa-58f6-a495-569255c2825e, engine 1.9.8, 12 resources
  size       1.4 KiB
  written    2026-11-20 15:25:33
  MD5        00000000000000000000000000000000
  digest     right, in table locks
  history    2 versions, 1 delete marker
"""
    )


def test_a_wrong_digest_is_shown_with_both_sides_and_its_repairs() -> None:
    finding = DigestFinding(
        verdict=DigestVerdict.STALE, stored=StoredDigest(text="1" * 32), md5="0" * 32, matches=OLD
    )
    lines = digest_lines("states/a", "locks", finding, current=HEAD, older=EmptyState())
    assert lines == [
        "stale  states/a",
        "  table          locks",
        f"  digest         {'1' * 32}",
        "  state          serial 7, lineage 21c4be3e-cbaa-58f6-a495-569255c2825e, engine 1.9.8, 12 resources",
        f"  its MD5        {'0' * 32}",
        "  the digest is  that of version v1 (empty)",
        "  so             engines with this table refuse the state",
        "  repair         write the digest of the bytes",
        "  repair         restore the version that the digest names",
    ]
    verdicts = [DigestVerdict.STALE, DigestVerdict.RIGHT, DigestVerdict.RIGHT]
    assert digest_count_line(verdicts, unread=1) == "3 states: 2 right, 1 stale, 1 not read"
    counted = digest_count_line(verdicts, unread=0, foreign=4)
    assert counted == "3 states: 2 right, 1 stale, 4 of foreign buckets"


def test_digests_of_a_foreign_bucket_are_told_and_left_alone() -> None:
    assert foreign_lines("theirs", "table `locks`", 2) == [
        "foreign bucket  theirs",
        "  in       table `locks`",
        "  digests  2",
        "  so       whose states they are of is not known here, and they are left alone",
    ]
