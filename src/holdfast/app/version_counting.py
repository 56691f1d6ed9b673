"""Count the versions of every state of a board: one request for each thousand versions that a bucket has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from holdfast.app.observe_asking import Answer, Questions
from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.connections import Connections
from holdfast.aws.version_pages import VersionPage, VersionRange, version_page
from holdfast.core.backends import Backend
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.state_board import StateBoard, WalkedStore

WORKERS_MAX = 16


@dataclass(slots=True, kw_only=True)
class VersionWalk:
    """One bucket's walk: what was counted, and why it ended early if it did."""

    backend: Backend
    counts: dict[str, int] = field(default_factory=dict)
    looked_at: int = 0
    withheld: Withheld | None = None

    def take(self, page: Fact[VersionPage], wanted: frozenset[str]) -> VersionRange | None:
        """Take what a page shows, and return the address of the next one."""
        if isinstance(page, Withheld):
            self.withheld = page
            return None
        for key, count in page.value.counts.items():
            self.looked_at += count
            if key in wanted:
                self.counts[key] = self.counts.get(key, 0) + count
        return page.value.next


def with_versions(
    board: StateBoard,
    backends: Sequence[Backend],
    *,
    connections: Connections,
    on_progress: Callable[[int], None] | None = None,
) -> StateBoard:
    """Return a board with the number of versions of each state; `on_progress` is told how many were looked at."""
    walks = {each.name: VersionWalk(backend=each) for each in backends}
    wanted = {
        name: frozenset(row.state.key for row in board.rows if row.state.backend == name)
        for name in walks
    }
    with Questions(connections, workers_max=WORKERS_MAX) as questions:

        def ask(walk: VersionWalk, address: VersionRange) -> None:
            def receive(answer: Answer[Fact[VersionPage]]) -> None:
                following = walk.take(answer.value, wanted[walk.backend.name])
                if on_progress is not None:
                    on_progress(sum(each.looked_at for each in walks.values()))
                if following is not None:
                    ask(walk, following)

            questions.ask_unshared(version_page, address, receive)

        for walk in walks.values():
            ask(walk, VersionRange(bucket=_bucket(walk.backend)))
        questions.run()
    rows = tuple(
        replace(
            row,
            state=replace(row.state, version_count=_count(walks, row.state.backend, row.state.key)),
        )
        for row in board.rows
    )
    unread = tuple(
        WalkedStore(
            place=f"versions of bucket `{walk.backend.bucket}`",
            looked_at=walk.looked_at,
            others=0,
            missing=False,
            withheld=walk.withheld,
        )
        for walk in walks.values()
        if walk.withheld is not None
    )
    return replace(board, rows=rows, stores=(*board.stores, *unread), versions_counted=True)


def _count(walks: dict[str, VersionWalk], backend: str, key: str) -> Fact[int]:
    walk = walks[backend]
    return walk.withheld if walk.withheld is not None else Known(walk.counts.get(key, 0))


def _bucket(backend: Backend) -> BucketAddress:
    return BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )
