"""Generate the backends of components: what each engine gets, in which file, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from holdfast.app.component_configurations import (
    WORKSPACE_PREFIX,
    own_configurations,
    workspace_prefixes,
    written_workspace_prefix,
)
from holdfast.app.declared_fleet import PlacedComponent
from holdfast.core.components import Component, roots_in_common
from holdfast.core.generated import GeneratedFile
from holdfast.errors import EngineUnfitError, FilesRefusedError
from holdfast.generate.backend_arguments import BackendArguments, Unfit, backend_arguments
from holdfast.generate.backend_formats import (
    BLOCK_FORMATS,
    FILE_NAMES,
    BackendFormat,
    backend_text,
    format_of_file,
    name_beside,
)
from holdfast.generate.backend_settings import BackendSettings

S3 = "s3"
PREFIXES_DIFFER = (
    f"the root has several values of `{WORKSPACE_PREFIX}`, and none is written: say it in the code"
)
ENCRYPT_ADDED = "`encrypt` is added, which asks for AES256: declare `kms_key` if the bucket's default is a KMS key"
# Of these the engine gets a block, from terragrunt the one that it writes: it refuses a second one.
ONE_BLOCK_FORMATS = BLOCK_FORMATS | {BackendFormat.TERRAGRUNT}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationNote:
    """Something to know about what was generated, and the places that it is about."""

    words: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedBackends:
    """The backends of some components in one format, in the order of the components."""

    settings: tuple[BackendSettings, ...]
    notes: tuple[GenerationNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendFiles:
    """The files beside the roots of some components, and what is to be said about the roots."""

    files: tuple[GeneratedFile, ...]
    notes: tuple[GenerationNote, ...]


def without_profile(placed: PlacedComponent) -> PlacedComponent:
    """Return the component without the profile of its account, which is one of a person's machine."""
    backend = placed.component.backend
    access = replace(backend.account.access, profile=None)
    account = replace(backend.account, access=access)
    component = replace(placed.component, backend=replace(backend, account=account))
    return replace(placed, component=component)


def generated_backends(components: Sequence[PlacedComponent]) -> GeneratedBackends:
    """Choose the arguments of each component; raise `EngineUnfitError` with every one that has none."""
    settings: list[BackendSettings] = []
    unfit: list[tuple[str, Unfit]] = []
    notes: list[tuple[str, str]] = []
    for each in components:
        component = each.component
        if len(workspace_prefixes(component, each.root)) > 1:
            notes.append((PREFIXES_DIFFER, _root_path(component)))
        made = backend_arguments(
            component.backend,
            component.key,
            each.engines,
            workspace_prefix=written_workspace_prefix(component, each.root),
        )
        if isinstance(made, Unfit):
            unfit.append((component.pipeline, made))
            continue
        settings.append(BackendSettings(component=component, arguments=made))
        if _adds_encrypt_alone(each, made):
            notes.append((ENCRYPT_ADDED, _root_path(component)))
        notes += [(note.words, note.reason) for note in made.notes]
    if unfit:
        raise EngineUnfitError(
            [(name, each.reason) for name, each in unfit],
            hints=tuple(dict.fromkeys(each.hint for _, each in unfit)),
        )
    return GeneratedBackends(settings=tuple(settings), notes=_grouped(notes))


def backend_files(
    components: Sequence[PlacedComponent],
    settings: Sequence[BackendSettings],
    *,
    directory: Path,
    backend_format: BackendFormat,
    file_name: str,
    every: Sequence[PlacedComponent],
) -> BackendFiles:
    """Lay out the files beside the roots that are there below `directory`.

    `every` are all components of the fleet: a file has the same name, whichever of them are generated.
    Raises `FilesRefusedError` for a root with a block of its own, to which the engine would find a second one.
    """
    pairs = list(zip(components, settings, strict=True))
    shared = roots_in_common(each.component for each in (*every, *components))
    placed: list[tuple[PlacedComponent, GeneratedFile]] = []
    notes: list[tuple[str, str]] = []
    for each, one in pairs:
        component = each.component
        if component.root is None:
            notes.append(
                ("`layout.roots` has no root for it; no file is written", component.pipeline)
            )
        elif not (directory / component.root).is_dir():
            notes.append(("there is no such directory; no file is written", component.root))
        else:
            path = path_beside(
                component, file_name, backend_format, shared=component.root in shared
            )
            text = backend_text(one, backend_format)
            placed.append((each, GeneratedFile(path=path, text=text)))
    if backend_format in ONE_BLOCK_FORMATS:
        doubled = [double for each, file in placed for double in other_blocks(each, file)]
        if doubled:
            raise FilesRefusedError(doubled, forceable=False)
    if backend_format is BackendFormat.HCL:
        notes += [note for each, _ in placed for note in _block_notes(each)]
    return BackendFiles(files=tuple(file for _, file in placed), notes=_grouped(notes))


def path_beside(
    component: Component, file_name: str, backend_format: BackendFormat, *, shared: bool
) -> str:
    """Return the path of the file of a component that has a root."""
    name = name_beside(component, file_name, backend_format, shared=shared)
    return (PurePosixPath(component.root or ".") / name).as_posix()


def file_name_for(backend_format: BackendFormat, layout_file: str) -> str:
    """Return the name of the file: that of the layout when it has this format, else the usual one."""
    return (
        layout_file if format_of_file(layout_file) is backend_format else FILE_NAMES[backend_format]
    )


def other_blocks(placed: PlacedComponent, file: GeneratedFile) -> Iterator[tuple[str, str]]:
    """Yield the path and a reason for each block of the root that stands in another file."""
    root = placed.root
    for block in root.blocks if root is not None else ():
        if block.span.path != file.path and not block.terragrunt:
            yield (
                file.path,
                f"{block.span} has a backend block already, and an engine takes one of them only",
            )


def _block_notes(placed: PlacedComponent) -> Iterator[tuple[str, str]]:
    """Say where an engine would leave a partial file alone."""
    root = placed.root
    if root is None or not root.blocks:
        words = (
            'without a `backend "s3" {}` block the file is left alone, and the state stays local'
        )
        yield words, _root_path(placed.component)
    elif root.backend_type != S3:
        words = f"the backend block is of type `{root.backend_type}`, and the file is for `s3`"
        yield words, str(root.blocks[0].span)


def _adds_encrypt_alone(placed: PlacedComponent, made: BackendArguments) -> bool:
    """Tell whether a root that leaves encryption to its bucket would ask for SSE-S3 from now on."""
    own = own_configurations(placed.component, placed.root)
    silent = any(each.attribute("encrypt") is None for each in own)
    return silent and "kms_key_id" not in made.values


def _root_path(component: Component) -> str:
    return component.root if component.root is not None else component.pipeline


def _grouped(notes: Sequence[tuple[str, str]]) -> tuple[GenerationNote, ...]:
    places: dict[str, dict[str, None]] = {}
    for words, place in notes:
        places.setdefault(words, {})[place] = None
    return tuple(
        GenerationNote(words=words, places=tuple(found)) for words, found in places.items()
    )
