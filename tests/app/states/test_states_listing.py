"""The states of a fleet: every one that is there or should be, what its head says, and what it looks like."""

from dataclasses import replace

import pytest

from holdfast.app.states_listing import list_states
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.state_board import StateBoard, StateMark
from holdfast.core.state_content import EmptyState, EncryptedState, StateHead, UnreadableState
from tests.app.states.conftest import History, body_of, md5_of
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY
from tests.support.observation import backend_of


def fleet(history: History, *keys: str) -> Backend:
    """Return the backend as the code of one root per key describes it."""
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
        item = {
            "LockID": {"S": f"{history.site.bucket}/{key}-md5"},
            "Digest": {"S": digest},
        }
        clients.dynamodb().put_item(TableName=history.site.table, Item=item)


def listed(backend: Backend, connections: Connections, *, read: bool = True) -> StateBoard:
    return list_states([backend], connections=connections, read=read)


def marks(board: StateBoard) -> dict[str, list[StateMark]]:
    return {row.state.key: [each.mark for each in row.marks] for row in board.rows}


def test_every_kind_of_state_is_told(history: History, connections: Connections) -> None:
    body = body_of(7)
    put(history, "a.tfstate", body, md5_of(body))
    put(history, "env:/dev/a.tfstate", body_of(2, "dev"), "0" * 32)
    put(history, "old/a.tfstate", body, "no digest")
    put(history, "encrypted.tfstate", b'{"encrypted_data":"","encryption_version":"v0"}')
    put(history, "empty.tfstate", b"")
    put(history, "damaged.tfstate", body[:100])
    put(history, "photo.jpg", b"no state")
    put(history, "a.tfstate.tflock", b"{}")
    put(history, "gone/a.tfstate", body, "1" * 32)
    history.site.account.clients.s3().delete_object(
        Bucket=history.site.bucket, Key="gone/a.tfstate"
    )
    keys = ("a.tfstate", "never.tfstate", "encrypted.tfstate", "empty.tfstate", "damaged.tfstate")
    board = listed(fleet(history, *keys), connections)
    assert marks(board) == {
        "a.tfstate": [StateMark.TWIN],
        "damaged.tfstate": [StateMark.UNREADABLE],
        "empty.tfstate": [StateMark.EMPTY],
        "encrypted.tfstate": [StateMark.ENCRYPTED],
        "env:/dev/a.tfstate": [StateMark.TWIN],
        "gone/a.tfstate": [],
        "never.tfstate": [StateMark.MISSING],
        "old/a.tfstate": [StateMark.TWIN, StateMark.ORPHAN],
    }
    by_key = {row.state.key: row.state for row in board.rows}
    assert {key: state.digest for key, state in by_key.items()} == {
        "a.tfstate": DigestVerdict.RIGHT,
        "damaged.tfstate": DigestVerdict.NONE,
        "empty.tfstate": DigestVerdict.NONE,
        "encrypted.tfstate": DigestVerdict.NONE,
        "env:/dev/a.tfstate": DigestVerdict.STALE,
        "gone/a.tfstate": DigestVerdict.STATE_MISSING,
        "never.tfstate": DigestVerdict.NONE,
        "old/a.tfstate": DigestVerdict.INVALID,
    }
    head = by_key["a.tfstate"].content
    assert isinstance(head, Known)
    assert isinstance(head.value, StateHead)
    assert (head.value.serial, head.value.resource_count) == (7, 1)
    kinds = {
        key: type(state.content.value)
        for key, state in by_key.items()
        if isinstance(state.content, Known)
    }
    assert kinds["encrypted.tfstate"] is EncryptedState
    assert kinds["empty.tfstate"] is EmptyState
    assert kinds["damaged.tfstate"] is UnreadableState
    assert by_key["env:/dev/a.tfstate"].workspace == "dev"
    assert [(store.looked_at, store.others) for store in board.stores] == [(8, 2), (4, 0)]
    assert board.is_complete


def test_a_large_state_is_read_as_far_as_its_head(
    history: History, connections: Connections
) -> None:
    body = body_of(3)
    put(history, KEY, body, md5_of(body))
    board = list_states(
        [fleet(history, KEY)], connections=connections, read=True, whole_bytes_max=10
    )
    (row,) = board.rows
    assert isinstance(row.state.content, Known)
    # The head is within what is read of it; a state this small is read to its end all the same.
    assert row.state.digest is DigestVerdict.RIGHT


def test_without_reading_the_keys_alone_are_listed(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    put(faulty, KEY, body_of(3), "0" * 32)
    board = listed(fleet(faulty, KEY), connections, read=False)
    (row,) = board.rows
    assert isinstance(row.state.content, Withheld)
    assert row.state.content.reason is Reason.NOT_ASKED
    assert row.state.digest is DigestVerdict.UNKNOWN
    assert fault_proxy.counts().get("s3:GetObject", 0) == 0
    assert board.is_complete


@pytest.mark.parametrize(
    ("operation", "digest"),
    [
        ("s3:ListObjectsV2", DigestVerdict.UNKNOWN),
        ("dynamodb:Scan", DigestVerdict.UNKNOWN),
        ("s3:GetObject", DigestVerdict.UNKNOWN),
    ],
)
def test_what_nobody_may_read_is_unknown_and_never_missing(
    faulty: History,
    fault_proxy: FaultProxy,
    connections: Connections,
    operation: str,
    digest: DigestVerdict,
) -> None:
    body = body_of(3)
    put(faulty, KEY, body, md5_of(body))
    fault_proxy.deny(operation)
    board = listed(fleet(faulty, KEY), connections)
    assert not board.is_complete
    (row,) = board.rows
    assert row.state.digest is digest
    if operation == "s3:ListObjectsV2":
        assert StateMark.MISSING not in [each.mark for each in row.marks]


def test_a_bucket_that_is_not_there_has_no_states(
    history: History, connections: Connections
) -> None:
    backend = replace(fleet(history, KEY), bucket=f"{history.site.bucket}-none", tables=())
    board = listed(backend, connections)
    assert [store.missing for store in board.stores] == [True]
    assert marks(board) == {KEY: [StateMark.MISSING]}
