"""Where every root stands with its locking: as text and as a document."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from holdfast.core.backends import Locking
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import OFFLINE, Known
from holdfast.core.fleet import Fleet
from holdfast.core.lock_file_history import WrittenUnder
from holdfast.core.locking_evidence import FleetEvidence, StateEvidence, TableDigest
from holdfast.core.locking_status import FleetStatus, NextStep, WriterKind, fleet_status
from holdfast.core.repository import Certainty, Computed
from holdfast.report.locking_status_json import locking_status_json
from holdfast.report.locking_status_text import locking_status_text
from tests.core import configurations
from tests.core.locking_worlds import (
    BUCKET_STORE,
    DENIED,
    SEEN,
    TABLE_STORE,
    cache,
    code,
    evidence,
    root_with,
    state,
    write,
)
from tests.rules.fleets import BUCKET, KEY, TABLE
from tests.support.source_tree import ROOT

SCHEMA = ROOT / "src/holdfast/report/schemas/locking-status-v1.json"
BOTH, LOCKFILE, DYNAMODB = Locking.BOTH, Locking.LOCKFILE, Locking.DYNAMODB


def status(
    fleet: Fleet, seen: FleetEvidence | None = None, *, goal: Locking = LOCKFILE
) -> FleetStatus:
    return fleet_status(fleet, seen, goal=goal, offline=OFFLINE)


def key_of(path: str) -> str:
    return f"{path}/terraform.tfstate"


FLEET = code(
    root_with(BOTH, cache=cache(BOTH)),
    root_with(DYNAMODB, "slow", cache=cache(DYNAMODB, "slow")),
    root_with(LOCKFILE, "early"),
    root_with(DYNAMODB, "doubtful", certainty=Certainty.CANDIDATE, label="envs/d.hcl"),
    configurations.simple("open", bucket=Computed("var.bucket")),
)
STALE = (TableDigest(table=TABLE, verdict=DigestVerdict.STALE),)
SEEN_FLEET = evidence(
    state(KEY),
    state("env:/dev/" + KEY, workspace="dev"),
    state(
        key_of("slow"), history=Known(replace(SEEN, last_write=write(5, WrittenUnder.NO_LOCK_FILE)))
    ),
    state(key_of("early"), digests=STALE),
    state(key_of("nobody"), roots=()),
)


def test_the_text_has_a_row_for_each_root_and_counts_them_last() -> None:
    assert (
        locking_status_text(status(FLEET, SEEN_FLEET))
        == """\
acme-terraform-state
  keys  <key>/terraform.tfstate
  root      with        key       states  code      cache     last write           with which lock  digest  next
  doubtful  envs/d.hcl  doubtful  0       dynamodb  -         -                    -                -       unknown
  early     -           early     1       lockfile  -         2026-11-12 12:00:00  lock file        stale   done
  network   -           network   2       both      both      2026-11-12 12:00:00  both             right   waits for others
  slow      -           slow      1       dynamodb  dynamodb  2026-11-15 12:00:00  table            right   both

of no backend that can be told
  root  key      states   code     cache  last write  with which lock  digest   next
  open  unknown  unknown  unknown  -      unknown     unknown          unknown  unknown

unknown  doubtful with envs/d.hcl: nothing says whether the file belongs to the root
unknown  open: its bucket is an expression

5 roots on the way to `lockfile`: 1 to `both` next, 1 waiting for others, 1 done, 2 unknown, not everything could be told
"""
    )


def test_without_the_cloud_code_and_caches_are_shown() -> None:
    fleet = code(root_with(BOTH, cache=cache(DYNAMODB)), root_with(BOTH, "b"))
    found = status(fleet)
    assert found.is_complete
    assert (
        locking_status_text(found)
        == """\
acme-terraform-state
  keys  <key>/terraform.tfstate
  root     key      states  code  cache     last write  with which lock  digest  next
  b        b        -       both  -         -           -                -       lockfile
  network  network  -       both  dynamodb  -           -                -       lockfile

2 roots on the way to `lockfile`: 2 to `lockfile` next, the cloud was not read
"""
    )


def test_what_could_not_be_read_is_said_and_not_everything_is_told() -> None:
    seen = evidence(
        state(history=DENIED), stores=(BUCKET_STORE, replace(TABLE_STORE, withheld=DENIED))
    )
    found = status(code(), seen)
    assert not found.is_complete
    text = locking_status_text(found)
    assert "unknown  table `t`: permission `s3:ListBucketVersions` is missing\n" in text
    assert f"unknown  versions of {KEY}: permission `s3:ListBucketVersions` is missing\n" in text
    (root,) = found.roots
    assert (root.states, root.last_write, root.digest) == (DENIED, DENIED, DENIED)


@pytest.mark.parametrize(
    ("under", "digest", "writer"),
    [
        (WrittenUnder.LOCK_FILE, DigestVerdict.RIGHT, WriterKind.BOTH),
        (WrittenUnder.LOCK_FILE, DigestVerdict.STALE, WriterKind.LOCK_FILE),
        (WrittenUnder.LOCK_FILE, None, WriterKind.LOCK_FILE_AT_LEAST),
        (WrittenUnder.LOCK_FILE, DigestVerdict.UNKNOWN, WriterKind.LOCK_FILE_AT_LEAST),
        (WrittenUnder.NO_LOCK_FILE, DigestVerdict.RIGHT, WriterKind.TABLE),
        (WrittenUnder.NO_LOCK_FILE, DigestVerdict.STALE, WriterKind.NEITHER),
        (WrittenUnder.NO_LOCK_FILE, None, WriterKind.NEITHER),
        (WrittenUnder.NO_LOCK_FILE, DigestVerdict.UNKNOWN, WriterKind.UNKNOWN),
        (WrittenUnder.UNKNOWN, DigestVerdict.RIGHT, WriterKind.TABLE_AT_LEAST),
        (WrittenUnder.UNKNOWN, DigestVerdict.STALE, WriterKind.UNKNOWN),
        (WrittenUnder.UNKNOWN, None, WriterKind.UNKNOWN),
    ],
)
def test_the_writer_is_told_by_lock_file_and_digest(
    under: WrittenUnder, digest: DigestVerdict | None, writer: WriterKind
) -> None:
    digests = () if digest is None else (TableDigest(table=TABLE, verdict=digest),)
    seen = state(digests=digests, history=Known(replace(SEEN, last_write=write(1, under))))
    (root,) = status(code(), evidence(seen)).roots
    assert isinstance(root.last_write, Known)
    assert root.last_write.value is not None
    assert root.last_write.value.writer is writer


def test_the_newest_write_of_all_workspaces_counts() -> None:
    def at(days: float, key: str, under: WrittenUnder) -> StateEvidence:
        return state(key, history=Known(replace(SEEN, last_write=write(days, under))))

    seen = evidence(
        at(1, KEY, WrittenUnder.LOCK_FILE),
        at(3, f"env:/dev/{KEY}", WrittenUnder.NO_LOCK_FILE),
        at(2, f"env:/test/{KEY}", WrittenUnder.LOCK_FILE),
    )
    (root,) = status(code(), seen).roots
    assert isinstance(root.last_write, Known)
    assert root.last_write.value is not None
    assert root.last_write.value.write == write(3, WrittenUnder.NO_LOCK_FILE)
    assert root.states == Known(3)


@pytest.mark.parametrize(
    ("modes", "goal", "steps"),
    [
        ((DYNAMODB, BOTH), LOCKFILE, (NextStep.BOTH, NextStep.OTHERS)),
        ((BOTH, BOTH), LOCKFILE, (NextStep.LOCKFILE, NextStep.LOCKFILE)),
        ((BOTH, LOCKFILE), LOCKFILE, (NextStep.LOCKFILE, NextStep.DONE)),
        ((LOCKFILE, LOCKFILE), LOCKFILE, (NextStep.DONE, NextStep.DONE)),
        ((LOCKFILE, BOTH), DYNAMODB, (NextStep.BOTH, NextStep.OTHERS)),
        ((BOTH, DYNAMODB), DYNAMODB, (NextStep.DYNAMODB, NextStep.DONE)),
        ((BOTH, DYNAMODB), BOTH, (NextStep.DONE, NextStep.BOTH)),
    ],
)
def test_each_root_is_told_what_comes_next(
    modes: tuple[Locking, Locking], goal: Locking, steps: tuple[NextStep, NextStep]
) -> None:
    fleet = code(*(root_with(mode, f"r{number}") for number, mode in enumerate(modes)))
    named = replace(
        fleet, backends=tuple(replace(each, tables=(TABLE,)) for each in fleet.backends)
    )
    assert tuple(each.next_step for each in status(named, goal=goal).roots) == steps


@pytest.mark.parametrize(
    "found",
    [
        status(FLEET, SEEN_FLEET),
        status(FLEET),
        status(
            code(), evidence(state(history=DENIED), stores=(replace(TABLE_STORE, withheld=DENIED),))
        ),
    ],
    ids=["online", "offline", "denied"],
)
def test_the_document_is_as_its_schema_says(found: FleetStatus) -> None:
    document = json.loads(locking_status_json(found, holdfast_version="0.1.0"))
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert list(validator.iter_errors(document)) == []
    assert document["complete"] == found.is_complete


def test_the_document_has_every_root() -> None:
    found = status(code(root_with(BOTH, cache=cache(BOTH))), evidence(state()))
    document = json.loads(locking_status_json(found, holdfast_version="0.1.0"))
    moment = write(2, WrittenUnder.LOCK_FILE).moment
    assert document["roots"] == [
        {
            "backend": BUCKET,
            "root": "network",
            "file": None,
            "key": KEY,
            "state_count": 1,
            "code": "both",
            "doubt": None,
            "cache": "both",
            "last_write": {
                "written_at": moment.isoformat(),
                "version": "v",
                "lock_file": "with a lock file",
                "writer": "both",
                "removed": False,
            },
            "digest": "right",
            "next": "lockfile",
            "unread": [],
        }
    ]
    assert document["summary"] == {
        "roots": 1,
        "both": 0,
        "lockfile": 1,
        "dynamodb": 0,
        "waits for others": 0,
        "done": 0,
        "unknown": 0,
    }
