"""Local states that go to a backend: where an engine keeps them, and what a person is told of it. Pure.

Source: Terraform 1.15.5, local backend: `terraform.tfstate` in the root, or `path`; the states of workspaces in
`terraform.tfstate.d`, or `workspace_dir`. A directory that is initialised remembers both in its cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.generated import ComparedFile
from holdfast.core.repository import Attribute, BackendBlock, Computed, Literal, Root
from holdfast.core.state_content import ReadState, content_words, lineage_of, serial_of
from holdfast.core.state_moves import MoveStanding, workspace_start

LOCAL = "local"
STATE_NAME = "terraform.tfstate"
WORKSPACES_DIRECTORY = "terraform.tfstate.d"
ERRORED_NAME = "errored.tfstate"  # what an engine could not write: newer than the state
KEPT_PART = ".migrated-to-s3"
MIGRATION_OPERATION = "holdfast-migrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPlaces:
    """Where a root keeps its local states: that of the default workspace, and the directory of the others.

    Both are paths as the engine takes them: absolute, or relative to the root.
    """

    path: str = STATE_NAME
    workspaces: str = WORKSPACES_DIRECTORY

    def path_of(self, workspace: str) -> str:
        """Return the path of a workspace's state."""
        if workspace == WORKSPACE_DEFAULT:
            return self.path
        return f"{self.workspaces.rstrip('/')}/{workspace}/{STATE_NAME}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalStateToMigrate:
    """One local state: what it holds, where it goes, and how far an earlier run has come."""

    path: str  # relative to the directory of the code where it lies in it
    workspace: str
    local: ReadState
    target_key: str
    standing: MoveStanding

    @property
    def kept_as(self) -> str:
        """Return the name under which the file is kept, unless something has that name already."""
        return kept_name(self.path.rpartition("/")[2], serial_of(self.local.content), number=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootMigration:
    """What the migration of one root would do: its states, and the code that changes."""

    root: str
    bucket: str
    states: tuple[LocalStateToMigrate, ...]
    edits: tuple[CodeFileEdit, ...]
    files: tuple[ComparedFile, ...]


def local_places(root: Root) -> LocalPlaces | str:
    """Return where a root keeps its local states, or why that cannot be told.

    What a directory is initialised with is what its engine uses; then the block counts, then what engines do without one.
    """
    if len(root.blocks) > 1:
        return "it has several backend blocks"
    block = next(iter(root.blocks), None)
    said = _said(block) if block is not None and block.type == LOCAL else LocalPlaces()
    if isinstance(said, str):
        return said
    cache = root.cache
    if cache is None or cache.type != LOCAL:
        return said
    path, workspaces = (cache.config.get(name) for name in ("path", "workspace_dir"))
    used = LocalPlaces(
        path=path if isinstance(path, str) and path else STATE_NAME,
        workspaces=workspaces
        if isinstance(workspaces, str) and workspaces
        else WORKSPACES_DIRECTORY,
    )
    if block is not None and block.type == LOCAL and used != said:
        return f"its block says `{said.path}`, and it is initialised with `{used.path}`: run `init`"
    return used


def _said(block: BackendBlock) -> LocalPlaces | str:
    if block.terragrunt:
        return "terragrunt makes its local backend: change `remote_state` to `s3` first"
    given = {each.name: each for each in block.attributes}
    path = _text(given.get("path"), STATE_NAME)
    workspaces = _text(given.get("workspace_dir"), WORKSPACES_DIRECTORY)
    if path is None or workspaces is None:
        return 'an argument of its `backend "local"` is an expression'
    return LocalPlaces(path=path, workspaces=workspaces)


def _text(attribute: Attribute | None, default: str) -> str | None:
    match attribute.value if attribute is not None else Literal(None):
        case Literal(value=str(text)) if text:
            return text
        case Computed():
            return None
        case _:
            return default


def key_of(workspace: str, *, prefix: str, key: str) -> str:
    """Return the key of a workspace's state in the backend."""
    if workspace == WORKSPACE_DEFAULT:
        return key
    return f"{workspace_start(prefix)}{workspace}/{key}"


def kept_name(name: str, serial: int | None, *, number: int) -> str:
    """Return the name under which a local file is kept: no engine reads it, and `*.tfstate.*` ignores it.

    `number` tells files apart that would have the same name.
    """
    of_serial = f"-serial-{serial}" if serial is not None else ""
    again = f".{number}" if number > 1 else ""
    return f"{name}{KEPT_PART}{of_serial}{again}"


def lock_note_name(name: str) -> str:
    """Return the name of the file in which an engine notes who locks a local state.

    Source: Terraform 1.15.5, `statemgr.Filesystem.lockInfoPath`.
    """
    return f".{name.removeprefix('.')}.lock.info"


def may_continue(local: ReadState, there: ReadState | None) -> bool:
    """Tell whether what is at the new place can be this state as it went on there."""
    if there is None or lineage_of(there.content) != lineage_of(local.content):
        return False
    now, before = serial_of(there.content), serial_of(local.content)
    return (
        bool(lineage_of(local.content)) and now is not None and before is not None and now > before
    )


def comparison_facts(local: ReadState, there: ReadState) -> tuple[tuple[str, str], ...]:
    """Return what a person is told of a place that holds something else."""
    return (
        ("it holds", content_words(there.content)),
        ("the local file", content_words(local.content)),
        ("there is", _relation(local, there)),
    )


def _relation(local: ReadState, there: ReadState) -> str:
    lineage = lineage_of(local.content)
    if not lineage or lineage_of(there.content) != lineage:
        return "another state: the lineages differ"
    now, before = serial_of(there.content), serial_of(local.content)
    if now is None or before is None or now == before:
        return "another content of the same lineage and serial"
    if now > before:
        return "a newer state of the same lineage, which never was what the local file holds"
    return "an older state of the same lineage"


def shared(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each owner whose thing an earlier one has already, with the earlier owner; pairs are owner and thing."""
    first: dict[str, str] = {}
    for owner, thing in pairs:
        earlier = first.setdefault(thing, owner)
        if earlier != owner:
            yield owner, earlier
