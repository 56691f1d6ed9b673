"""Raise the serial of a state in its bytes, and leave every other byte as it is. Pure.

Engines refuse a plan that was made against another serial, and a push of a lower one (Terraform 1.11.4, state manager
`remote`): a state that goes back to old content has to go on in its count.
"""

from __future__ import annotations

import re

HEAD_BYTES = 65_536  # the serial stands in the first hundred
SERIAL = re.compile(rb'"serial"\s*:\s*(\d+)')


def with_serial(head: bytes, serial: int) -> bytes | None:
    """Return the beginning of a state with another serial; None when it is not to be found there.

    A quote inside of a string is escaped, so that the first match is a name. Whether it is the document's own is for
    the caller to see, who reads the result.
    """
    found = SERIAL.search(head)
    if found is None:
        return None
    return head[: found.start(1)] + str(serial).encode() + head[found.end(1) :]
