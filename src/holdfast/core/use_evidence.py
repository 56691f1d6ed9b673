"""Words and evidence about the uses of a backend, which rules over the cloud have in common. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from holdfast.core.backends import StateUse
from holdfast.core.findings import Evidence


def uses_words(uses: Iterable[StateUse]) -> str:
    """Return the root of the uses where it is one, or how many there are: `` `network` ``, `8 roots`."""
    paths = list(dict.fromkeys(use.root_path for use in uses))
    return f"`{paths[0]}`" if len(paths) == 1 else f"{len(paths)} roots"


def only_root_of(uses: Sequence[StateUse]) -> str:
    """Return the root that all uses are of; empty when there are several."""
    paths = {use.root_path for use in uses}
    return paths.pop() if len(paths) == 1 else ""


def use_evidence(uses: Iterable[StateUse], text: str = "") -> tuple[Evidence, ...]:
    """Return each root once as evidence, at the place of its key, with what the message does not say."""
    first = {use.root_path: use for use in reversed(tuple(uses))}
    return tuple(
        Evidence(
            label="root",
            text=f"`{use.root_path}`: {text}" if text else f"`{use.root_path}`",
            span=use.span,
        )
        for use in reversed(first.values())
    )
