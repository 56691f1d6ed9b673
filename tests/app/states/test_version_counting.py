"""The versions of every state, counted by listing a bucket once."""

from dataclasses import replace

from holdfast.app.states_listing import list_states
from holdfast.app.version_counting import with_versions
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.version_pages import VersionRange, version_page
from holdfast.core.facts import Known, Withheld
from tests.app.states.conftest import History, body_of
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, REGION


def test_versions_are_counted_and_delete_markers_are_none(
    history: History, connections: Connections
) -> None:
    history.write(body_of(1))
    history.write(body_of(2))
    history.remove()
    history.write(body_of(3))
    history.site.put_object("other.tfstate", body_of(1))
    history.site.put_object(f"{KEY}.tflock", b"a lock is no state")
    board = list_states([history.backend], connections=connections, read=False)
    assert [row.state.version_count for row in board.rows] == [None, None]
    counted = with_versions(board, [history.backend], connections=connections)
    assert {row.state.key: row.state.version_count for row in counted.rows} == {
        KEY: Known(3),
        "other.tfstate": Known(1),
    }
    assert counted.stores == board.stores


def test_pages_follow_each_other(history: History, connections: Connections) -> None:
    for serial in range(5):
        history.write(body_of(serial))
    bucket = BucketAddress(
        access=history.site.access, region=REGION, bucket=history.site.bucket, account=None
    )
    following: VersionRange | None = VersionRange(bucket=bucket, size=2)
    counts = []
    while following is not None:
        page = version_page(connections, following)
        assert isinstance(page, Known)
        counts.append(page.value.counts[KEY])
        following = page.value.next
    assert counts == [2, 2, 1]


def test_a_bucket_that_is_not_there_has_none(history: History, connections: Connections) -> None:
    backend = replace(history.backend, bucket="there-is-none")
    board = list_states([backend], connections=connections, read=False)
    counted = with_versions(board, [backend], connections=connections)
    assert counted.stores == board.stores


def test_versions_that_may_not_be_listed_are_unknown(
    faulty: History, fault_proxy: FaultProxy, connections: Connections
) -> None:
    faulty.write(body_of(1))
    fault_proxy.deny("s3:ListObjectVersions")
    board = list_states([faulty.backend], connections=connections, read=False)
    counted = with_versions(board, [faulty.backend], connections=connections)
    (row,) = counted.rows
    assert isinstance(row.state.version_count, Withheld)
    assert board.is_complete
    assert not counted.is_complete
    assert counted.stores[-1].place == f"versions of bucket `{faulty.site.bucket}`"
