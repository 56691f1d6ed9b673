"""Digests: each kind of wrong one is told and mended, under conditions, with the old one in the journal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.app.journal import Journal, Remover
from holdfast.app.state_digests import VERSIONS_READ_MAX, DigestCase, check_digests, repair
from holdfast.aws.connections import Connections
from holdfast.core.digests import DigestRepair, DigestVerdict
from holdfast.errors import (
    DigestNotWrittenError,
    JournalNotWrittenError,
    StateChangedError,
    StateUnreadError,
)
from tests.app.states.conftest import History, body_of, md5_of
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Answer, DropAfter, Response, Rule
from tests.support.locking import KEY

OLD, NOW = body_of(3), body_of(4)
STALE, MISSING, INVALID = DigestVerdict.STALE, DigestVerdict.STATE_MISSING, DigestVerdict.INVALID
WRITE, REMOVE, RESTORE = (
    DigestRepair.WRITE_DIGEST,
    DigestRepair.REMOVE_DIGEST,
    DigestRepair.RESTORE_VERSION,
)


def stale_with_version(history: History) -> None:
    history.write(OLD)
    history.write(NOW, digest=False)


def stale_without_version(history: History) -> None:
    history.write(NOW)
    history.write_digest("0" * 32)


def missing_with_version(history: History) -> None:
    history.write(OLD)
    history.remove()


def missing_without_version(history: History) -> None:
    history.write_digest(md5_of(OLD))


def invalid(history: History) -> None:
    history.write(NOW)
    history.write_digest("not a digest")


def of_another_type(history: History) -> None:
    history.write(NOW)
    history.site.account.clients.dynamodb().put_item(
        TableName=history.site.table,
        Item={"LockID": {"S": f"{history.site.bucket}/{KEY}-md5"}, "Digest": {"N": "12"}},
    )


def of_no_bytes(history: History) -> None:
    history.write(b"")


def invalid_without_state(history: History) -> None:
    history.write_digest("not a digest")


KINDS = [
    (stale_with_version, STALE, (WRITE, RESTORE)),
    (stale_without_version, STALE, (WRITE,)),
    (missing_with_version, MISSING, (RESTORE, REMOVE)),
    (missing_without_version, MISSING, (REMOVE,)),
    (invalid, INVALID, (WRITE,)),
    (of_another_type, INVALID, (WRITE,)),
    (of_no_bytes, MISSING, (REMOVE,)),
    (invalid_without_state, INVALID, (REMOVE,)),
]


def only(history: History, connections: Connections) -> DigestCase:
    (case,) = check_digests(history.place, connections=connections)
    return case


def repaired(
    case: DigestCase, choice: DigestRepair, connections: Connections, directory: Path
) -> list[dict[str, object]]:
    journal = Journal(path=directory / "journal.jsonl")
    repair(
        case,
        choice,
        connections=connections,
        journal=journal,
        remover=Remover(who="ann@laptop", caller=None, version="0.1.0"),
        clock=lambda: "2026-11-21T08:00:00Z",
    )
    return [json.loads(line) for line in journal.path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("make", "verdict", "repairs"), KINDS, ids=lambda each: getattr(each, "__name__", "")
)
def test_every_kind_is_told_and_every_repair_makes_it_fit(
    *,
    history: History,
    connections: Connections,
    tmp_path: Path,
    make: Callable[[History], None],
    verdict: DigestVerdict,
    repairs: tuple[DigestRepair, ...],
) -> None:
    for number, choice in enumerate(repairs):
        make(history)
        before = history.digest()
        case = only(history, connections)
        assert (case.finding.verdict, case.finding.repairs) == (verdict, repairs)
        lines = repaired(case, choice, connections, tmp_path / str(number))
        assert [(line["event"], line["key"], line["digest"], line["repair"]) for line in lines] == [
            ("digest", KEY, before, choice.value)
        ]
        after = only(history, connections).finding.verdict
        assert after in {DigestVerdict.RIGHT, DigestVerdict.NONE}
        if choice is RESTORE:
            assert history.body() == (
                body_of(5, "of serial 3") if verdict is STALE else body_of(4, "of serial 3")
            )
        history.remove()


# The version that a digest names -----------------------------------------------------------------


def test_an_old_version_is_found_by_its_etag_and_restored(
    history: History, connections: Connections, tmp_path: Path
) -> None:
    named = history.write(OLD)
    for serial in range(4, 4 + VERSIONS_READ_MAX + 2):
        history.write(body_of(serial), digest=False)
    case = only(history, connections)
    assert case.finding.verdict is STALE
    assert case.finding.matches is not None
    assert (case.finding.matches.identifier, case.finding.unread) == (named, "")
    assert case.older is not None
    assert case.older.read.md5 == md5_of(OLD)
    repaired(case, RESTORE, connections, tmp_path)
    assert history.digest() == md5_of(history.body())
    assert b'"serial": 26' in history.body()


def test_an_etag_alone_names_no_version(
    history: History, faulty: History, connections: Connections, fault_proxy: FaultProxy
) -> None:
    named = history.write(OLD)
    history.write(NOW, digest=False)
    # What the ETag of an object under a KMS key is, AWS leaves open.
    headers = {
        "ETag": f'"{md5_of(OLD)}"',
        "Last-Modified": "Sat, 21 Nov 2026 08:00:00 GMT",
        "x-amz-version-id": named,
    }
    other = Response(status=200, headers=headers, body=body_of(9))
    fault_proxy.add(Rule(action=Answer(response=other), path=f"versionId={named}"))
    case = only(faulty, connections)
    assert [each for each in fault_proxy.requests() if f"versionId={named}" in each.target]
    assert (case.finding.verdict, case.finding.matches, case.older) == (STALE, None, None)
    assert case.finding.repairs == (WRITE,)


def test_only_the_newest_are_read_whose_etag_is_another_one(
    history: History, faulty: History, connections: Connections, fault_proxy: FaultProxy
) -> None:
    for serial in range(3, 3 + VERSIONS_READ_MAX + 3):
        history.write(body_of(serial), digest=False)
    history.write_digest("0" * 32)
    case = only(faulty, connections)
    reads = [each for each in fault_proxy.requests() if "versionId=" in each.target]
    assert len(reads) == VERSIONS_READ_MAX
    assert (case.finding.matches, case.finding.unread) == (
        None,
        "the oldest 3, whose ETag is another one, which says nothing under a KMS key",
    )


def test_a_digest_that_fits_needs_nothing(history: History, connections: Connections) -> None:
    history.write(NOW)
    finding = only(history, connections).finding
    assert (finding.verdict, finding.repairs) == (DigestVerdict.RIGHT, ())


@pytest.mark.parametrize(
    ("make", "choice"), [(stale_without_version, WRITE), (missing_without_version, REMOVE)]
)
def test_a_repair_whose_answer_is_lost_is_done_all_the_same(
    *,
    history: History,
    faulty: History,
    connections: Connections,
    tmp_path: Path,
    fault_proxy: FaultProxy,
    make: Callable[[History], None],
    choice: DigestRepair,
) -> None:
    make(history)
    case = only(faulty, connections)
    fault_proxy.add(Rule(action=DropAfter(), operation="dynamodb:PutItem"))
    fault_proxy.add(Rule(action=DropAfter(), operation="dynamodb:DeleteItem"))
    repaired(case, choice, connections, tmp_path)
    after = only(history, connections).finding.verdict
    assert after in {DigestVerdict.RIGHT, DigestVerdict.NONE}


@pytest.mark.parametrize("what", ["state", "digest"])
def test_what_changed_since_it_was_shown_is_left_alone(
    history: History, connections: Connections, tmp_path: Path, what: str
) -> None:
    stale_with_version(history)
    case = only(history, connections)
    if what == "state":
        history.write(body_of(9), digest=False)
    else:
        history.write_digest("1" * 32)
    before = history.body(), history.digest()
    with pytest.raises(StateChangedError):
        repaired(case, WRITE, connections, tmp_path)
    assert (history.body(), history.digest()) == before


def test_without_a_journal_nothing_is_changed(
    history: History, connections: Connections, tmp_path: Path
) -> None:
    stale_with_version(history)
    before = history.digest()
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(JournalNotWrittenError):
        repaired(only(history, connections), WRITE, connections, tmp_path)
    assert history.digest() == before


def test_what_cannot_be_read_is_no_finding(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    stale_with_version(faulty)
    for operation in ("s3:GetObject", "dynamodb:GetItem"):
        fault_proxy.allow_all()
        fault_proxy.deny(operation)
        with pytest.raises(StateUnreadError):
            check_digests(faulty.place, connections=connections)


def test_a_repair_that_is_refused_says_so(
    faulty: History, fault_proxy: FaultProxy, connections: Connections, tmp_path: Path
) -> None:
    stale_with_version(faulty)
    case = only(faulty, connections)
    fault_proxy.deny("dynamodb:PutItem")
    with pytest.raises(DigestNotWrittenError):
        repaired(case, WRITE, connections, tmp_path)
    assert faulty.digest() == md5_of(OLD)
