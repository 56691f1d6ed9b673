"""Large stores: every key and every item once, however they are divided, and no more memory for ten times as many."""

import gc
import threading
import tracemalloc
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.app.key_walk import PARTS_OF_BUCKET, division_points
from holdfast.app.lock_listing import list_locks
from holdfast.app.lock_listing_stores import Counted, PageSizes
from holdfast.app.table_walk import SEGMENTS_OF_TABLE
from holdfast.core.backends import Backend
from holdfast.core.lock_board import Board
from tests.app.locks.boards import ONLOOKER
from tests.app.locks.counting_stores import MemoryBucket, MemoryConnections, MemoryTable
from tests.support.observation import access_to, backend_of

TOGETHER_SECONDS = 30.0

segment = st.text("ab/é~\U0001f512", min_size=1, max_size=4)
keys = st.lists(st.lists(segment, min_size=1, max_size=4).map("/".join), max_size=60)


def fleet_of(*known: str) -> Backend:
    """A backend of bucket `states` and table `locks`, whose code knows these keys."""
    return backend_of(
        bucket="states", access=access_to("http://127.0.0.1"), table="locks", keys=known
    )


def listed(
    bucket: MemoryBucket, table: MemoryTable, *known: str, sizes: PageSizes | None = None
) -> Board:
    with MemoryConnections(bucket, table) as connections:
        return list_locks(
            (fleet_of(*known),), connections=connections, onlooker=ONLOOKER, sizes=sizes
        )


# Division ---------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(state_keys=keys, locked=keys, known=keys, size=st.integers(1, 7))
def test_every_lock_is_found_once_however_the_keys_are_divided(
    state_keys: list[str], locked: list[str], known: list[str], size: int
) -> None:
    lock_files = {f"{key}.tflock" for key in locked}
    everything = sorted({*state_keys, *lock_files})
    table = MemoryTable(paths=[f"states/{key}" for key in sorted(set(locked))])

    board = listed(
        MemoryBucket(keys=everything), table, *known, sizes=PageSizes(keys=size, items=size)
    )

    assert {row.locks.key for row in board.rows} == set(locked)
    assert all(row.locks.kind_words == "both" for row in board.rows)
    assert [store.looked_at for store in board.stores] == [len(everything), len(set(locked))]


@given(st.lists(st.text("ab/", max_size=5)), st.text("ab/", max_size=5), st.integers(1, 5))
def test_points_of_division_are_in_order_and_after_what_was_read(
    directories: list[str], after: str, parts: int
) -> None:
    points = division_points(directories, after=after, parts_max=parts)
    assert list(points) == sorted(set(points))
    assert len(points) < parts
    assert all(point > after for point in points)
    if parts > len({each for each in directories if each > after}):
        assert set(points) == {each for each in directories if each > after}


def test_a_small_bucket_and_a_small_table_take_one_request_each() -> None:
    bucket, table = MemoryBucket(keys=["a", "b"]), MemoryTable(paths=["states/a-md5"])
    listed(bucket, table)
    assert (bucket.pages, table.pages) == ([("", 2)], [1])


def test_a_large_bucket_is_read_in_parts_that_begin_at_its_directories() -> None:
    bucket = MemoryBucket(keys=sorted(f"one/{n % 40:02}/{n}" for n in range(2000)))
    listed(bucket, MemoryTable(paths=[]), sizes=PageSizes(keys=50))
    begun = [after for after, _ in bucket.pages if after.endswith("/")]
    assert len(begun) == PARTS_OF_BUCKET - 1
    assert sum(count for _, count in bucket.pages) < 2000 + 50 * (PARTS_OF_BUCKET + 1)


def test_a_large_table_is_read_in_segments() -> None:
    table = MemoryTable(paths=[f"states/{n}-md5" for n in range(400)])
    board = listed(MemoryBucket(keys=[]), table, sizes=PageSizes(items=50))
    assert board.stores[1].digests == 400
    assert len(table.pages) == 1 + SEGMENTS_OF_TABLE * 2


def test_the_parts_of_a_bucket_and_the_segments_of_a_table_are_read_side_by_side() -> None:
    bucket = MemoryBucket(
        keys=sorted(f"{n % 40:02}/{n}" for n in range(200)),
        together=threading.Barrier(PARTS_OF_BUCKET, timeout=TOGETHER_SECONDS),
    )
    table = MemoryTable(
        paths=[f"states/{n}-md5" for n in range(200)],
        together=threading.Barrier(SEGMENTS_OF_TABLE, timeout=TOGETHER_SECONDS),
    )
    board = listed(bucket, table, sizes=PageSizes(keys=10, items=10))
    assert [store.looked_at for store in board.stores] == [200, 200]


def test_a_directory_bucket_is_read_from_one_end_to_the_other() -> None:
    # It lists in no order and knows no `StartAfter` (S3 user guide, "Directory buckets").
    bucket = MemoryBucket(keys=[f"{n:03}/a.tflock" for n in range(30)], body=b"")
    directory = replace(fleet_of(), bucket="states--use1-az4--x-s3")
    with MemoryConnections(bucket, MemoryTable(paths=[])) as connections:
        board = list_locks(
            (directory,),
            connections=connections,
            onlooker=ONLOOKER,
            sizes=PageSizes(keys=10),
        )
    assert len(board.rows) == 30
    assert [count for _, count in bucket.pages] == [10, 10, 10]


def test_progress_counts_up_to_the_whole() -> None:
    told: list[Counted] = []
    bucket = MemoryBucket(keys=sorted([*(f"{n:03}/x" for n in range(100)), "a.tflock"]))
    table = MemoryTable(paths=[f"states/{n}-md5" for n in range(100)])
    with MemoryConnections(bucket, table) as connections:
        list_locks(
            (fleet_of(),),
            connections=connections,
            onlooker=ONLOOKER,
            sizes=PageSizes(keys=10, items=1000),
            on_progress=told.append,
        )
    assert told[-1] == Counted(keys=101, items=100, locks=1)


# Memory -----------------------------------------------------------------------------------------


def peak_bytes(count: int) -> int:
    """The most memory that listing so many keys and so many digests takes, with ten locks among them."""
    names = [f"layer-{n % 97:02}/{n:06}" for n in range(count - 10)]
    lock_files = [f"layer-{n:02}/locked.tflock" for n in range(10)]
    bucket = MemoryBucket(keys=sorted(names + lock_files), body=b"{}")
    table = MemoryTable(paths=[f"states/{name}-md5" for name in names])
    gc.collect()
    tracemalloc.start()
    try:
        board = listed(bucket, table, "layer-01/known", sizes=PageSizes(keys=250, items=250))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(board.rows) == 10
    assert [store.looked_at for store in board.stores] == [count, count - 10]
    return peak


def test_ten_times_as_many_keys_and_items_take_hardly_more_memory() -> None:
    # What stays is the address of each page that is done; a single name would be sixty bytes for each of them.
    growth = peak_bytes(100_000) - peak_bytes(10_000)
    assert growth < 8 * (200_000 - 20_000)
