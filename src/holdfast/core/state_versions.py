"""Versions of a state object, which of them a person means, and what bringing one back would do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.facts import Fact
from holdfast.core.state_content import ReadState, StateContent


@dataclass(frozen=True, slots=True, kw_only=True)
class StateVersion:
    """One version of a state object, or a delete marker; `identifier` is `null` from before versioning."""

    identifier: str
    written: datetime
    size_bytes: int
    tag: str  # the ETag, empty for a delete marker
    current: bool
    deleted: bool  # a delete marker: from then on there was no state


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One version; `content` is withheld for a delete marker, and for what was not or could not be read."""

    version: StateVersion
    content: Fact[StateContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOutlook:
    """What a restore would do: the state as it is (None: deleted), and the version that comes back.

    `serial` is what the restored state gets; None when its bytes are restored as they are, because it is encrypted
    or no state.
    """

    bucket: str
    key: str
    current: ReadState | None
    target: StateVersion
    old: ReadState
    serial: int | None


def version_at(versions: Sequence[StateVersion], moment: datetime) -> StateVersion | None:
    """Return the version that was current at a moment; None when there was none yet, or none any more.

    `versions` are the newest first, as S3 lists them (ListObjectVersions).
    """
    found = next((each for each in versions if each.written <= moment), None)
    return None if found is None or found.deleted else found


def version_named(versions: Sequence[StateVersion], identifier: str) -> StateVersion | None:
    """Return the version with an identifier; None when there is none. A delete marker is no version to go back to."""
    return next(
        (each for each in versions if each.identifier == identifier and not each.deleted), None
    )
