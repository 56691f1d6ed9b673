"""States as a listing finds them, for tests of reports."""

from datetime import UTC, datetime

from holdfast.core.digests import DigestVerdict
from holdfast.core.facts import Fact, Reason, Withheld
from holdfast.core.state_board import FoundState
from holdfast.core.state_content import StateContent, StateHead

WRITTEN = datetime(2026, 11, 20, 15, 25, 33, tzinfo=UTC)
DENIED = Withheld(reason=Reason.PERMISSION, permission="s3:GetObject", detail="not\x1b[2J you")
HEAD = StateHead(
    format_version=4,
    engine_version="1.9.8",
    serial=7,
    lineage="21c4be3e-cbaa-58f6-a495-569255c2825e",
    resource_count=12,
)


def found(
    key: str,
    content: Fact[StateContent],
    *,
    workspace: str | None = "default",
    size_bytes: int | None = 1447,
    digest: DigestVerdict = DigestVerdict.RIGHT,
) -> FoundState:
    return FoundState(
        backend="dev",
        bucket="states",
        key=key,
        workspace=workspace,
        roots=(f"roots/{key}",) if workspace is not None else (),
        size_bytes=size_bytes,
        written=WRITTEN if size_bytes is not None else None,
        content=content,
        digest=digest,
    )
