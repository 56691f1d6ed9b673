"""The code that names a moved state, planned as whole files."""

from __future__ import annotations

from pathlib import Path

from holdfast.app.code_editing import EditWorlds, edited_files
from holdfast.core.backend_switch import BackendSwitch
from holdfast.core.code_edits import CodeFileEdit
from holdfast.errors import CodeRefusedError

WORLDS = EditWorlds(
    changed="the states were copied, and the old place is not locked",
    unstarted="the states were copied; the code names the old place, which is not locked",
    started="the states were copied; this file names the old place, which stays locked",
)


def plan_edits(switch: BackendSwitch, directory: Path) -> tuple[CodeFileEdit, ...]:
    """Return every file that has to change; raise `CodeRefusedError` with all that is in the way."""
    changes, obstacles = switch.placed()
    edits, left_alone = edited_files(changes, directory)
    refused = sorted((*((each.span, each.words) for each in obstacles), *left_alone))
    if refused:
        places = [(str(span), words) for span, words in refused]
        raise CodeRefusedError("the code that names the old place", places)
    return edits
