"""What an audit sees of states: digests that are looked at twice, tombstones, and everything that nobody may read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from holdfast.app.observe import observe_backends
from holdfast.app.observe_states import observe_states
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.lock_info import lock_path
from holdfast.core.observed_states import FleetStates, ObservedState
from holdfast.core.state_moves import MOVE_OPERATION, tombstone_reason
from tests.app.states.conftest import History, body_of, md5_of
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropBefore, Rule, access_denied
from tests.support.locking import KEY
from tests.support.observation import backend_of

OLD = "old/a.tfstate"
OTHER = b'{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"other"}'
SECOND = 2
ENCRYPTED = b'{"encrypted_data":"","encryption_version":"v0"}'


def fleet(history: History, *keys: str) -> Backend:
    return backend_of(
        bucket=history.site.bucket,
        table=history.site.table,
        access=history.site.access,
        keys=keys,
    )


def put(history: History, key: str, body: bytes, digest: str | None = None) -> None:
    clients = history.site.account.clients
    clients.s3().put_object(Bucket=history.site.bucket, Key=key, Body=body)
    if digest is not None:
        path = f"{lock_path(history.site.bucket, key)}-md5"
        clients.dynamodb().put_item(
            TableName=history.site.table,
            Item={"LockID": {"S": path}, "Digest": {"S": digest}},
        )


def lock_text(history: History, key: str, *, info: str, operation: str) -> str:
    return json.dumps(
        {
            "ID": "11111111-2222-3333-4444-555555555555",
            "Operation": operation,
            "Info": info,
            "Who": "ana@laptop",
            "Version": "1.11.4",
            "Created": "2026-11-20T15:00:00Z",
            "Path": lock_path(history.site.bucket, key),
        }
    )


def tombstone(history: History, key: str, *, in_table: bool = False) -> str:
    """Leave the tombstone of a move at a key, and return where it says that the state went."""
    target = lock_path(history.site.bucket, KEY)
    text = lock_text(history, key, info=tombstone_reason(target), operation=MOVE_OPERATION)
    if in_table:
        history.site.put_item(lock_path(history.site.bucket, key), text)
    else:
        history.site.put_object(f"{key}.tflock", text.encode())
    return target


def looked(
    backend: Backend, connections: Connections, *, whole_bytes_max: int = 1 << 20
) -> FleetStates:
    observed = observe_backends([backend], connections=connections, search_tables=False)
    return observe_states(observed, connections=connections, whole_bytes_max=whole_bytes_max)


def by_key(seen: FleetStates) -> dict[str, ObservedState]:
    (states,) = seen.backends
    return {each.found.key: each for each in states.states}


def verdicts(seen: FleetStates) -> dict[str, list[object]]:
    return {
        key: [
            each.verdict.value if isinstance(each.verdict, Known) else each.verdict
            for each in state.digests
        ]
        for key, state in by_key(seen).items()
    }


def test_each_digest_is_told_by_table_and_each_twin_by_its_group(
    history: History, connections: Connections
) -> None:
    body = body_of(7)
    put(history, KEY, body, md5_of(body))
    put(history, OLD, body, "0" * 32)
    put(history, "other.tfstate", OTHER)
    put(history, "empty.tfstate", b"", "1" * 32)
    put(history, "gone.tfstate", body, "2" * 32)
    history.site.account.clients.s3().delete_object(Bucket=history.site.bucket, Key="gone.tfstate")
    seen = looked(fleet(history, KEY, "never.tfstate"), connections)
    assert verdicts(seen) == {
        KEY: [DigestVerdict.RIGHT],
        OLD: [DigestVerdict.STALE],
        "other.tfstate": [],
        "empty.tfstate": [DigestVerdict.STATE_MISSING],
        "gone.tfstate": [DigestVerdict.STATE_MISSING],
        "never.tfstate": [],
    }
    assert [[each.found.key for each in group] for group in seen.twins] == [[KEY, OLD]]
    (states,) = seen.backends
    assert (states.bucket_unread, states.tables_unread) == (None, None)


def test_a_state_that_is_written_meanwhile_is_not_called_stale(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    """An engine writes the state, and its digest a moment later: between the two nothing is wrong."""
    before, now = body_of(7), body_of(8)
    put(faulty, KEY, now, md5_of(before))
    reads: list[Request] = []

    def finish_on_second_read(request: Request) -> bool:
        reads.append(request)
        if len(reads) == SECOND:
            put(faulty, KEY, now, md5_of(now))
        return False

    fault_proxy.add(Rule(operation="s3:GetObject", when=finish_on_second_read, action=DropBefore()))
    assert verdicts(looked(fleet(faulty, KEY), connections)) == {KEY: [DigestVerdict.RIGHT]}
    assert len(reads) == SECOND


def test_a_large_state_is_read_whole_where_there_is_a_digest(
    history: History, connections: Connections
) -> None:
    body = body_of(7).rstrip() + b" " * 200_000
    put(history, KEY, body, md5_of(body))
    put(history, OLD, body)
    seen = looked(fleet(history, KEY), connections, whole_bytes_max=10)
    assert verdicts(seen) == {KEY: [DigestVerdict.RIGHT], OLD: []}


@pytest.mark.parametrize("in_table", [False, True])
def test_the_old_place_of_a_move_says_where_the_state_went(
    history: History, connections: Connections, *, in_table: bool
) -> None:
    put(history, KEY, body_of(7))
    put(history, OLD, body_of(6))
    target = tombstone(history, OLD, in_table=in_table)
    states = by_key(looked(fleet(history, KEY), connections))
    assert {key: state.moved_to for key, state in states.items()} == {
        KEY: Known(None),
        OLD: Known(target),
    }


def test_any_other_lock_is_no_tombstone(history: History, connections: Connections) -> None:
    put(history, OLD, OTHER)
    text = lock_text(history, OLD, info=tombstone_reason("b/k"), operation="OperationTypeApply")
    history.site.put_object(f"{OLD}.tflock", text.encode())
    assert by_key(looked(fleet(history, KEY), connections))[OLD].moved_to == Known(None)


def test_only_locks_that_decide_something_are_read(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    put(faulty, KEY, OTHER)
    tombstone(faulty, KEY)
    looked(fleet(faulty, KEY), connections)
    assert fault_proxy.counts()["s3:GetObject"] == 1  # the state, which has a root and no twin


def unread_body(history: History, seen: FleetStates) -> Sequence[object]:
    del history
    state = by_key(seen)[KEY]
    return [state.found.content, *(each.verdict for each in state.digests)]


def unlisted_bucket(history: History, seen: FleetStates) -> Sequence[object]:
    del history
    (states,) = seen.backends
    return [states.bucket_unread, *(each.verdict for each in by_key(seen)[KEY].digests)]


def unlisted_table(history: History, seen: FleetStates) -> Sequence[object]:
    del history
    (states,) = seen.backends
    return [states.tables_unread]


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        ("s3:GetObject", unread_body),
        ("s3:ListObjectsV2", unlisted_bucket),
        ("dynamodb:Scan", unlisted_table),
    ],
)
def test_what_nobody_may_read_is_withheld_with_its_permission(
    faulty: History,
    fault_proxy: FaultProxy,
    connections: Connections,
    operation: str,
    shown: Callable[[History, FleetStates], Sequence[object]],
) -> None:
    body = body_of(7)
    put(faulty, KEY, body, md5_of(body))
    fault_proxy.deny(operation)
    found = shown(faulty, looked(fleet(faulty, KEY), connections))
    told = [
        (each.reason, each.permission) if isinstance(each, Withheld) else each for each in found
    ]
    assert set(told) == {(Reason.PERMISSION, operation)}  # the proxy names it so


def test_a_lock_that_nobody_may_read_may_be_a_tombstone(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    put(faulty, OLD, OTHER)
    tombstone(faulty, OLD)
    fault_proxy.add(
        Rule(operation="s3:GetObject", path="tflock", action=access_denied("s3:GetObject"))
    )
    moved_to = by_key(looked(fleet(faulty, KEY), connections))[OLD].moved_to
    assert isinstance(moved_to, Withheld)


def test_what_a_wrong_account_shows_is_not_said_of_the_right_one(
    history: History, connections: Connections
) -> None:
    put(history, KEY, OTHER)
    backend = replace(fleet(history, KEY), account=None, accounts_allowed=("999999999999",))
    (states,) = looked(backend, connections).backends
    assert states.states == ()
    assert isinstance(states.bucket_unread, Withheld)
    assert "not 999999999999" in states.bucket_unread.detail


def test_an_encrypted_state_shows_no_lineage_and_no_twin(
    history: History, connections: Connections
) -> None:
    put(history, KEY, ENCRYPTED, md5_of(ENCRYPTED))
    put(history, OLD, ENCRYPTED)
    seen = looked(fleet(history, KEY), connections)
    assert seen.twins == ()
    assert verdicts(seen) == {KEY: [DigestVerdict.RIGHT], OLD: []}
