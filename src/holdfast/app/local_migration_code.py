"""The code of a root whose local state goes to a backend that its declaration gives it: planned, and then written.

The backend's file is the one that `holdfast generate backend` writes. A `backend "local"` block makes way for it. Every
kill in between leaves code with which an engine works on the local state, or refuses to work: the same command goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from holdfast.app.backend_generation import backend_files, file_name_for, generated_backends
from holdfast.app.backend_moves import backend_moves
from holdfast.app.code_editing import GENERATED, EditWorlds, file_content, staged_edits
from holdfast.app.declared_fleet import DeclaredFleet, PlacedComponent
from holdfast.app.generated_files import compare_files, refuse_unwritable, write_files
from holdfast.core.code_edits import CodeFileEdit, EditedFile, EditRefused
from holdfast.core.generated import ComparedFile, Standing, is_generated
from holdfast.core.local_migration import LOCAL
from holdfast.core.repository import Attribute, Certainty, Configuration, Literal, Origin, Root
from holdfast.core.settings import Setting
from holdfast.errors import StateLeftBehindError
from holdfast.generate.backend_formats import BLOCK_FORMATS, BackendFormat, format_of_file
from holdfast.generate.backend_settings import BackendSettings
from holdfast.hcl.backend_blocks import local_made_s3, local_taken_out, s3_put_in

NATIVE = ".tf"
OVERRIDE = "override.tf"
FORMATS = (BackendFormat.HCL, *BLOCK_FORMATS)
WITHOUT_BLOCK = (
    'no file of it has a `terraform` block: add `terraform { backend "s3" {} }`, and run it again'
)
OTHER_FORMAT = "is not written beside a root: write its backend by hand, and run it again"
WORLDS = EditWorlds(
    changed="the states were copied; the code still uses the local ones",
    unstarted="the states were copied; the code still uses the local ones",
    started="the states were copied; the local ones still have their names",
)

Change = Callable[[bytes], EditedFile | EditRefused]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSwitch:
    """What the code of a root needs to use its backend. `edits_first`: before its file is written."""

    files: tuple[ComparedFile, ...] = ()
    edits: tuple[CodeFileEdit, ...] = ()
    edits_first: bool = False

    def make(self, directory: Path) -> tuple[str, ...]:
        """Write what is not as it is to be, and return the paths; the errors of both ways of writing are raised."""
        files = [each.file for each in self.files]
        with staged_edits(self.edits, directory, worlds=WORLDS) as put_in_place:
            if self.edits_first:
                edited = put_in_place()
                written = write_files(files, directory)
            else:
                written = write_files(files, directory)
                edited = put_in_place()
        new = (each.path for each in written if each.standing is not Standing.CURRENT)
        return (*edited, *new)


AS_IT_IS = CodeSwitch()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPlace:
    """Where the declaration keeps a root's state, and what its code needs for that."""

    backend: str
    setting: Setting
    switch: CodeSwitch


def declared_place(
    root: Root, placed: PlacedComponent, fleet: DeclaredFleet
) -> DeclaredPlace | tuple[tuple[str, str], ...]:
    """Return where the state of a component goes, or what is in the way, each with its place.

    Raises `EngineUnfitError`, `FilesRefusedError` and `StateLeftBehindError`, as `generate backend` does.
    """
    layout_file = fleet.declaration.layout.file
    backend_format = format_of_file(layout_file)
    if backend_format not in FORMATS or backend_format is None:
        return ((root.path, f"`{layout_file}` {OTHER_FORMAT}"),)
    unread = fleet.unreadable_of([placed.component])
    if unread:
        return tuple((str(each.span), each.message) for each in unread)
    freed = replace(root, blocks=tuple(each for each in root.blocks if each.type != LOCAL))
    component = replace(placed, root=freed)
    (settings,) = generated_backends([component]).settings
    every = [component if each.component == placed.component else each for each in fleet.components]
    file_name = file_name_for(backend_format, layout_file)
    moves = backend_moves(
        [component],
        [settings],
        directory=fleet.directory,
        every=every,
        file_format=backend_format,
        file_name=file_name,
    )
    if moves:
        raise StateLeftBehindError([(each.root, each.words) for each in moves])
    made = backend_files(
        [component],
        [settings],
        directory=fleet.directory,
        backend_format=backend_format,
        file_name=file_name,
        every=every,
    )
    files = compare_files(made.files, fleet.directory)
    refuse_unwritable(files, force=False)
    edits = _edits(root, fleet.directory, backend_format)
    if isinstance(edits, EditRefused):
        return ((str(root.blocks[0].span) if root.blocks else root.path, edits.words),)
    return DeclaredPlace(
        backend=placed.component.backend.name,
        setting=_setting(freed, settings),
        switch=CodeSwitch(
            files=files,
            edits=edits,
            edits_first=backend_format in BLOCK_FORMATS,
        ),
    )


def _setting(root: Root, settings: BackendSettings) -> Setting:
    """Return what the root will say: its own block, and the generated arguments."""
    block = next(iter(root.blocks), None)
    attributes = {each.name: each for each in (block.attributes if block is not None else ())}
    for name, value in settings.arguments.values.items():
        literal = value if isinstance(value, (str, bool)) else None
        attributes[name] = Attribute(
            name=name, value=Literal(literal), span=root.span, origin=Origin.PARTIAL_FILE
        )
    configuration = Configuration(
        label="", certainty=Certainty.CERTAIN, attributes=tuple(attributes.values())
    )
    return Setting(root, configuration, settings.component.backend.bucket)


# The block ------------------------------------------------------------------------------------------


def _edits(
    root: Root, directory: Path, backend_format: BackendFormat
) -> tuple[CodeFileEdit, ...] | EditRefused:
    """Return the edits that give the root the block that it needs, or what is in the way."""
    local = [each for each in root.blocks if each.type == LOCAL]
    has_block = len(root.blocks) > len(local)
    if local:
        path = local[0].span.path
        if not path.endswith(NATIVE):
            return EditRefused(words='change its `backend "local"` to `backend "s3"` by hand')
        change = local_taken_out if backend_format in BLOCK_FORMATS else local_made_s3
        edit = _edited(path, directory, change)
        return edit if isinstance(edit, EditRefused) else (edit,)
    if has_block or backend_format in BLOCK_FORMATS:
        return ()
    # In the first file that can take it; which of them has the block makes no difference to an engine.
    names = sorted(each.name for each in (directory / root.path).glob(f"*{NATIVE}"))
    for name in names:
        path = name if root.path == "." else f"{root.path}/{name}"
        edit = _edited(path, directory, s3_put_in)
        if not name.endswith(OVERRIDE) and isinstance(edit, CodeFileEdit):
            return (edit,)
    return EditRefused(words=WITHOUT_BLOCK)


def _edited(path: str, directory: Path, change: Change) -> CodeFileEdit | EditRefused:
    before = file_content(path, directory)
    if isinstance(before, str):
        return EditRefused(words=before)
    if is_generated(before.decode(errors="replace")):
        return EditRefused(words=GENERATED)
    done = change(before)
    if isinstance(done, EditRefused):
        return done
    return CodeFileEdit(path=path, before=before, after=done.content)
