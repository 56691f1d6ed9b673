"""The history of one state: its versions with what their heads say, read side by side. Nothing is written."""

from __future__ import annotations

from holdfast.app.observe_asking import Answer, Questions
from holdfast.app.state_places import StatePlace
from holdfast.app.state_restore import versions_of
from holdfast.aws.connections import Connections
from holdfast.aws.state_objects import StateObject, state_object
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.state_content import StateContent
from holdfast.core.state_serials import HEAD_BYTES
from holdfast.core.state_versions import HistoryEntry

WORKERS_MAX = 16
NOT_READ = Withheld(reason=Reason.NOT_ASKED, detail="not read")
GONE = Withheld(reason=Reason.ERROR, detail="it was removed while it was read")


def read_history(
    place: StatePlace, *, connections: Connections, read_max: int
) -> tuple[HistoryEntry, ...]:
    """Return every version, the newest first, with the heads of the newest `read_max`; raise `StateUnreadError`."""
    versions = versions_of(place, connections)
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
