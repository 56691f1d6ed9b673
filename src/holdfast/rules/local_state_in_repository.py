"""A state file lies in the tree.

## What it checks
Files that end in `.tfstate` beside live roots, workspaces and `errored.tfstate` among them, that hold resources
or cannot be read to the end. An emptied file, as a migration leaves it, is fine; so is the state
of a setup module.

## Why it matters
A state holds passwords and keys in clear, and what lies in a tree is committed, packed and copied with it. Beside
a root that uses S3 it is a second truth: a leftover, or what an engine could not write.

## Fix
Find out whether its resources are in the state that the root uses. If they are not, bring them there with `holdfast
migrate local`, or `state push` for `errored.tfstate`. Then take the file out of the tree and of its history,
and replace the secrets in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.findings import Evidence, Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.repository import LocalState, Place
from holdfast.core.source import SourceSpan

ERRORED_NAME = "errored.tfstate"
ADVICE = (
    "Find out whether its resources are in the state that the root uses, and bring them there if not;"
    " then take the file out of the tree and of its history, and replace the secrets in it."
)
ADVICE_ERRORED = (
    "An engine could not write this state. Find out why, then run `state push errored.tfstate` before"
    " anything is applied again."
)


@fleet_rule(Severity.HIGH)
def local_state_in_repository(fleet: Fleet) -> Iterator[Hit]:
    """Name the state files of live roots that are no setup modules."""
    setups = {module.path for module in fleet.repository.setup_modules}
    for root in fleet.repository.roots:
        if root.place is not Place.LIVE or root.path in setups:
            continue
        for state in root.local_states:
            if state.resources != 0:
                errored = state.path.rpartition("/")[2] == ERRORED_NAME
                yield Hit(
                    message=f"`{state.path}` holds {_content(state)}",
                    evidence=(
                        Evidence(label="state", text=_identity(state), span=SourceSpan(state.path)),
                        Evidence(
                            label="root",
                            text=f"`{root.path}` uses `{root.backend_type}`",
                            span=root.span,
                        ),
                    ),
                    advice=ADVICE_ERRORED if errored else ADVICE,
                    subject=root.path,
                )


def _content(state: LocalState) -> str:
    if state.resources is None:
        return f"a state of {state.size_bytes} bytes"
    return f"a state with {state.resources} resource{'s' if state.resources != 1 else ''}"


def _identity(state: LocalState) -> str:
    serial = f"serial {state.serial}" if state.serial is not None else "serial unknown"
    return f"{serial}, lineage {state.lineage or 'unknown'}"
