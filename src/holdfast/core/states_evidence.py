"""Words and evidence about states, which rules over states have in common. Pure.

What is said of a state is its key, its head and its last write: nothing that it keeps.
"""

from __future__ import annotations

from holdfast.core.cleaning import printable
from holdfast.core.evidence import quoted
from holdfast.core.facts import Withheld
from holdfast.core.findings import Evidence
from holdfast.core.observed_states import ObservedState
from holdfast.core.state_content import content_words


def state_evidence(state: ObservedState, *, users: bool = False) -> Evidence:
    """Return a state as evidence: its head and its last write, and on demand the roots that use it."""
    found = state.found
    content = found.content
    words = [
        f"not read: {content}" if isinstance(content, Withheld) else content_words(content.value)
    ]
    if found.written is not None:
        words.append(f"written {found.written:%Y-%m-%d}")
    if users:
        words.append(f"used by {quoted(found.roots)}" if found.roots else "used by no root here")
    return Evidence(label="state", text=printable(f"`{state.path}`: {', '.join(words)}"))
