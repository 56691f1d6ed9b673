"""Compare two states, or two versions of one, as their bytes come in. Nothing is written, and no value is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from holdfast.app.state_places import StatePlace
from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, error_code, withheld
from holdfast.aws.state_objects import GET_PERMISSION, GET_VERSION_PERMISSION, pass_on
from holdfast.core.state_content import ReadState, StateHead, content_words
from holdfast.core.state_diff import StateDiff, diff_of
from holdfast.core.state_resources import ResourceInstance, ResourceReader
from holdfast.core.state_values import ValueReader, Values
from holdfast.errors import StateUnreadError, VersionMissingError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedState:
    """One side of a comparison: which state, in which version (None: the current one)."""

    place: StatePlace
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both states as they were read, and what differs."""

    before: ReadState
    after: ReadState
    diff: StateDiff


def compare(before: ComparedState, after: ComparedState, *, connections: Connections) -> Comparison:
    """Read both states and compare their resources; raise `StateUnreadError` and `VersionMissingError`."""
    first, first_resources = _resources(before, connections)
    second, second_resources = _resources(after, connections)
    return Comparison(before=first, after=second, diff=diff_of(first_resources, second_resources))


def values_of(
    side: ComparedState, comparison: Comparison, read: ReadState, *, connections: Connections
) -> Values:
    """Read one side again, which is to be `read` still, and keep the values of what differs; raise `StateUnreadError`."""
    reader = ValueReader(comparison.diff.wanted)
    again = _passed_on(side, reader.feed, reader.finish, connections)
    if again[0].md5 != read.md5:
        raise StateUnreadError(
            side.place.key, what="values", reason="it was changed after it was compared"
        )
    return again[1]


def _resources(
    side: ComparedState, connections: Connections
) -> tuple[ReadState, Mapping[str, ResourceInstance]]:
    reader = ResourceReader()
    found, resources = _passed_on(side, reader.feed, reader.finish, connections)
    if not isinstance(found.content, StateHead):
        # Without its resources nothing can be said of it: no difference would be a lie.
        raise StateUnreadError(
            side.place.key, what="resources", reason=content_words(found.content)
        )
    return found, resources


def _passed_on(
    side: ComparedState,
    take: Callable[[bytes], object],
    finish: Callable[[], Result],
    connections: Connections,
) -> tuple[ReadState, Result]:
    """Read one side piece by piece, and return what came out of it."""
    key = side.place.key
    try:
        found = pass_on(connections, side.place.object(version=side.version), take)
        return found.read, finish()
    except AWS_ERRORS as error:
        if error_code(error) in {"NoSuchKey", "NoSuchVersion", "404"}:
            raise VersionMissingError(key, f"`{side.version or 'current'}`", known=()) from error
        permission = GET_PERMISSION if side.version is None else GET_VERSION_PERMISSION
        reason = str(withheld(error, permission=permission))
        raise StateUnreadError(key, what="state", reason=reason) from error
    except ValueError as error:
        raise StateUnreadError(key, what="state", reason=str(error)) from error
