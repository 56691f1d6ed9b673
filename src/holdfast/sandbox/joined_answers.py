"""Answers that leave in one piece: the head of an answer waits for the first part of its body.

hypercorn 0.18 writes them apart, so they arrive apart. Terraform's DynamoDB client (1.9.8 and 1.15.5, measured on
two busy cores) then fails one plan of twenty with `decomposing response: … use of closed network connection`,
and none of two hundred when they arrive together, as from AWS.
"""

from typing import Protocol, cast

import h11
from hypercorn.events import Event, RawData
from hypercorn.protocol.h11 import H11Protocol

HELD = "_holdfast_held_head"
# hypercorn (pinned) has no hook between its two writes: the method that makes them is put in its place.
SENDING = "_send_h11_event"


class _Sender(Protocol):
    """What is used of hypercorn's protocol object."""

    connection: h11.Connection

    async def send(self, event: Event) -> None: ...


def join_answers() -> None:
    """Have hypercorn, in this process, send the head of every answer together with what follows it."""
    setattr(H11Protocol, SENDING, _send)


async def _send(self: _Sender, event: h11.Event) -> None:
    try:
        data = self.connection.send(event)
    except h11.LocalProtocolError:
        if self.connection.their_state != h11.ERROR:
            raise
        return
    held = cast("bytes", vars(self).pop(HELD, b""))
    if isinstance(event, h11.Response):
        vars(self)[HELD] = data
    else:
        await self.send(RawData(data=held + (data or b"")))
