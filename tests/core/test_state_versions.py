"""Which version a moment or a name means."""

from datetime import UTC, datetime

import pytest

from holdfast.core.state_versions import StateVersion, version_at, version_named


def version(name: str, hour: int, *, deleted: bool = False) -> StateVersion:
    return StateVersion(
        identifier=name,
        written=datetime(2026, 11, 20, hour, tzinfo=UTC),
        size_bytes=0 if deleted else 100,
        tag="" if deleted else f'"{name}"',
        current=hour == 16,
        deleted=deleted,
    )


LAST, MARKER, SECOND, FIRST = (
    version("last", 16),
    version("marker", 14, deleted=True),
    version("second", 12),
    version("first", 10),
)
VERSIONS = (LAST, MARKER, SECOND, FIRST)


@pytest.mark.parametrize(
    ("hour", "minute", "found"),
    [
        (9, 59, None),
        (10, 0, FIRST),
        (12, 30, SECOND),
        (14, 0, None),  # there was no state then
        (15, 59, None),
        (23, 0, LAST),
    ],
)
def test_a_moment_means_the_version_that_was_current(
    hour: int, minute: int, found: StateVersion | None
) -> None:
    assert version_at(VERSIONS, datetime(2026, 11, 20, hour, minute, tzinfo=UTC)) == found


def test_a_delete_marker_is_nothing_to_go_back_to() -> None:
    assert version_named(VERSIONS, "second") == SECOND
    assert version_named(VERSIONS, "marker") is None
    assert version_named(VERSIONS, "another") is None
