"""The history of one state: its versions with what their heads say, read side by side. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.state_places import StatePlace
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject, state_object, state_versions
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.state_content import StateContent
from holdfast.core.state_serials import HEAD_BYTES
from holdfast.core.state_versions import HistoryEntry, StateVersion
from holdfast.errors import StateUnreadError

WORKERS_MAX = 16
NOT_READ = Withheld(reason=Reason.NOT_ASKED, detail="not read")
GONE = Withheld(reason=Reason.ERROR, detail="it was removed while it was read")


def versions_of(place: StatePlace, connections: Connections) -> tuple[StateVersion, ...]:
    """Return every version of a state, the newest first; raise `StateUnreadError`."""
    match state_versions(connections, place.object()):
        case Known(versions):
            return versions
        case Withheld() as withheld:
            raise StateUnreadError(place.key, what="versions", reason=str(withheld))


def read_history(
    place: StatePlace, *, connections: Connections, read_max: int
) -> tuple[HistoryEntry, ...]:
    """Return every version, the newest first, with the heads of the newest `read_max`; raise `StateUnreadError`."""
    versions = versions_of(place, connections)
    return read_contents(place, versions, connections=connections, read_max=read_max)


def read_contents(
    place: StatePlace,
    versions: Sequence[StateVersion],
    *,
    connections: Connections,
    read_max: int | None = None,
) -> tuple[HistoryEntry, ...]:
    """Return versions with the heads of the first `read_max` of them (None: of all), read side by side."""
    contents: dict[str, Fact[StateContent]] = {}
    with Questions(connections, workers_max=WORKERS_MAX) as questions:
        for version in [each for each in versions if not each.deleted][:read_max]:

            def receive(
                answer: Answer[Fact[StateObject | None]], identifier: str = version.identifier
            ) -> None:
                contents[identifier] = _content(answer.value)

            address = place.object(version=version.identifier, head_bytes=HEAD_BYTES)
            questions.ask(state_object, address, receive)
        questions.run()
    return tuple(
        HistoryEntry(version=each, content=contents.get(each.identifier, NOT_READ))
        for each in versions
    )


def _content(read: Fact[StateObject | None]) -> Fact[StateContent]:
    match read:
        case Known(StateObject(read=state)):
            return Known(state.content)
        case Known(_):
            return GONE
        case Withheld() as withheld:
            return withheld


def had_bytes(place: StatePlace, *, md5: str, size_bytes: int, connections: Connections) -> bool:
    """Tell whether a version of a state, the current one or an older one, has these very bytes.

    Raises `StateUnreadError`: a version that cannot be read may be the one.
    """
    for version in versions_of(place, connections):
        if version.deleted or version.size_bytes != size_bytes:
            continue
        match state_object(connections, place.object(version=version.identifier)):
            case Known(StateObject(read=read)) if read.md5 == md5:
                return True
            case Known(_):
                continue
            case Withheld() as withheld:
                raise StateUnreadError(place.key, what="versions", reason=str(withheld))
    return False
