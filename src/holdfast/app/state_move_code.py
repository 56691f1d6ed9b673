"""The code that names a moved state, planned as whole files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from holdfast.app.code_editing import EditWorlds, edited_files
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.placed_changes import PlacedChange
from holdfast.core.source import SourceSpan
from holdfast.errors import CodeRefusedError

WORLDS = EditWorlds(
    changed="the states were copied, and the old place is not locked",
    unstarted="the states were copied; the code names the old place, which is not locked",
    started="the states were copied; this file names the old place, which stays locked",
)


# A root names its state by these: as long as they are the old ones, a killed run is gone on with.
NAMING = frozenset({"bucket", "key"})


def plan_edits(switches: Sequence[BackendSwitch], directory: Path) -> tuple[CodeFileEdit, ...]:
    """Return every file that has to change; raise `CodeRefusedError` with all that is in the way.

    Files that name the new place come last: a run that is killed between two of them has not switched a root halfway.
    """
    changes: dict[PlacedChange, None] = {}
    refused: dict[tuple[SourceSpan, str], None] = {}
    for switch in switches:
        placed, obstacles = switch.placed()
        changes |= dict.fromkeys(placed)
        refused |= dict.fromkeys((each.span, each.words) for each in obstacles)
    naming = {each.path for each in changes if each.change.name in NAMING}
    edits, left_alone = edited_files(
        sorted(changes, key=lambda each: each.path in naming), directory
    )
    refused |= dict.fromkeys(left_alone)
    if refused:
        places = [(str(span), words) for span, words in sorted(refused)]
        raise CodeRefusedError("the code that names the old place", places)
    return edits
