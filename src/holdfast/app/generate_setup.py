"""Make the setup modules of backends: which need one, where it goes, and which other module it follows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from holdfast.app.setup_following import (
    IMPORTS_NAME,
    FollowedModule,
    Model,
    followed_module,
    names_of,
)
from holdfast.app.setup_keeping import follows_another, kept
from holdfast.app.setup_reading import SetupTexts
from holdfast.app.setup_results import LeftSetup, MadeSetup
from holdfast.core.backends import Backend
from holdfast.core.declaration import DeclaredBaseline
from holdfast.core.fleet import Fleet
from holdfast.core.generated import GeneratedFile, is_generated
from holdfast.core.repository import SetupModule
from holdfast.core.setup_modules import (
    SetupComplete,
    SetupEmpty,
    SetupIncomplete,
    SetupMatch,
    SetupMissing,
    SetupNotKnown,
    setup_of,
)
from holdfast.errors import SetupNotPossibleError
from holdfast.generate.setup_cloudformation import cloudformation_template
from holdfast.generate.setup_commands import setup_script
from holdfast.generate.setup_module import setup_module_files
from holdfast.generate.setup_places import (
    directory_after,
    directory_default,
    directory_of_layout,
    directory_there,
)
from holdfast.generate.setup_settings import SetupSettings, setup_settings
from holdfast.hcl.setup_patterns import provider_version


class SetupFormat(StrEnum):
    """Name what a setup is written as."""

    TERRAFORM = "terraform"
    AWS = "aws"
    CLOUDFORMATION = "cloudformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRequest:
    """What is asked for. `named` when the backends were: then also those that have a module by hand.

    `on_disk` when the files are to be written, or compared with the disk.
    """

    output_format: SetupFormat
    named: bool = False
    on_disk: bool = False
    own_structure: bool = False


def make_setups(
    fleet: Fleet, directory: Path, request: SetupRequest
) -> tuple[MadeSetup | LeftSetup, ...]:
    """Make the setup of every chosen backend that needs one, in the order of the fleet.

    Raises `SetupNotPossibleError` when a region or a place is not known.
    """
    return tuple(_SetupMaking(fleet, directory, request).all())


def to_compare(files: Sequence[GeneratedFile], directory: Path) -> tuple[GeneratedFile, ...]:
    """Return the files that can be out of date: `imports.tf` records one moment, and stays as it is."""
    return tuple(
        each
        for each in files
        if each.path.rpartition("/")[2] != IMPORTS_NAME or not (directory / each.path).is_file()
    )


class _SetupMaking:
    """One run: the fleet, what is asked for, and the directories that are taken."""

    def __init__(self, fleet: Fleet, directory: Path, request: SetupRequest) -> None:
        self._fleet = fleet
        self._request = request
        self._texts = SetupTexts(directory)
        self._taken: set[str] = set()
        self._matches = {
            each.name: setup_of(each, fleet.backends, fleet.repository) for each in fleet.backends
        }
        declaration = fleet.declaration
        self._baseline = declaration.baseline if declaration is not None else DeclaredBaseline()

    def all(self) -> Iterator[MadeSetup | LeftSetup]:
        """Make every setup that is asked for."""
        for backend in self._fleet.backends_chosen:
            match = self._matches[backend.name]
            left = self._left(backend, match)
            yield left if left is not None else self._made(backend, match)

    def _left(self, backend: Backend, match: SetupMatch) -> LeftSetup | None:
        if self._request.named or self._request.output_format is not SetupFormat.TERRAFORM:
            return None
        match match:
            case SetupComplete(module=module):
                words = f"has its module in `{module.path}`"
                return (
                    None if self._is_ours(module) else LeftSetup(backend=backend.name, words=words)
                )
            case SetupIncomplete(module=module):
                words = f"has a module that lacks a part in `{module.path}`"
                return (
                    None if self._is_ours(module) else LeftSetup(backend=backend.name, words=words)
                )
            case SetupNotKnown(candidates=candidates):
                paths = " or ".join(f"`{each.path}`" for each in candidates)
                words = f"may have its module in {paths}: the names there are expressions"
                return LeftSetup(backend=backend.name, words=words)
            case SetupEmpty() | SetupMissing():
                return None
            case _ as unreachable:
                assert_never(unreachable)

    def _made(self, backend: Backend, match: SetupMatch) -> MadeSetup | LeftSetup:
        region = self._region(backend)
        models = [each for each in self._models() if each.backend.name != backend.name]
        directory = self._directory(backend, region, match, models)
        self._taken.add(directory)
        if self._request.on_disk and self._request.output_format is SetupFormat.TERRAFORM:
            self._refuse_by_hand(backend, directory)
        settings = setup_settings(
            backend,
            region,
            observed=self._fleet.observation_of(backend),
            baseline=self._baseline,
        )
        match self._request.output_format:
            case SetupFormat.TERRAFORM:
                made = _with_endpoint(self._module(backend, settings, directory, models), backend)
                if not self._request.on_disk:
                    return made
                return kept(made, settings, self._texts.contents(directory))
            case SetupFormat.AWS:
                script = setup_script(backend, settings, directory)
                return MadeSetup(backend=backend.name, directory=directory, files=(script,))
            case SetupFormat.CLOUDFORMATION:
                template = cloudformation_template(settings, directory)
                return MadeSetup(backend=backend.name, directory=directory, files=(template,))
            case _ as unreachable:
                assert_never(unreachable)

    def _refuse_by_hand(self, backend: Backend, directory: str) -> None:
        """Never mix a module with one by hand: both would create the same bucket."""
        contents = self._texts.contents(directory)
        by_hand = [name for name, text in contents.items() if not _is_ours(text)]
        if by_hand:
            raise SetupNotPossibleError(
                backend.name,
                f"`{directory}` holds a module by hand",
                facts=[("files", ", ".join(f"`{name}`" for name in by_hand))],
                hints=(
                    f"print a whole one to take from: `holdfast generate setup {shlex.quote(backend.name)}`",
                ),
            )

    def _module(
        self,
        backend: Backend,
        settings: SetupSettings,
        directory: str,
        models: Sequence[Model],
    ) -> MadeSetup:
        pinned = (provider_version(self._texts.contents(each.module.path)) for each in models)
        version = next((each for each in pinned if each is not None), None)
        own = setup_module_files(settings, directory, provider_version=version)
        remarks: list[str] = []
        for model in self._to_follow(models, directory):
            found = followed_module(
                settings,
                directory,
                backend=backend,
                model=model,
                own=own,
                texts=self._texts,
            )
            if isinstance(found, FollowedModule):
                return MadeSetup(
                    backend=backend.name,
                    directory=directory,
                    files=found.files,
                    pattern=model.module.path,
                    remarks=found.remarks,
                )
            remarks.append(f"`{model.module.path}` is not followed: {found.reason}")
        return MadeSetup(
            backend=backend.name, directory=directory, files=own, remarks=tuple(remarks)
        )

    def _to_follow(self, models: Sequence[Model], directory: str) -> Iterator[Model]:
        """Yield the modules by hand, the one whose path is most like the new one's first."""
        if self._request.own_structure:
            return
        by_hand = [each for each in models if not self._has_our_structure(each.module)]
        parts = directory.split("/")

        def likeness(model: Model) -> int:
            return sum(
                one == other
                for one, other in zip(parts, model.module.path.split("/"), strict=False)
            )

        yield from sorted(by_hand, key=likeness, reverse=True)

    def _models(self) -> list[Model]:
        return [
            Model(backend=backend, module=match.module, names=names_of(backend, backend.region))
            for backend in self._fleet.backends
            if isinstance(match := self._matches[backend.name], SetupComplete)
            and backend.region is not None
        ]

    def _directory(
        self, backend: Backend, region: str, match: SetupMatch, models: Sequence[Model]
    ) -> str:
        there = directory_there(match)
        if there is not None:
            return there
        of_layout = directory_of_layout(backend, region, self._fleet.declaration)
        if isinstance(of_layout, str):
            return of_layout
        if of_layout is not None:
            raise SetupNotPossibleError(
                backend.name,
                "`layout.setup` of the declaration gives no path",
                facts=[(f"column {each.column}", each.words) for each in of_layout],
            )
        new = names_of(backend, region)
        for model in models:
            owner = model.names
            path = directory_after(model.module.path, owner, new)
            if path is not None and path not in self._taken and path not in self._paths_there():
                return path
        return directory_default(backend, alone=len(self._fleet.backends) == 1)

    def _paths_there(self) -> set[str]:
        return {each.path for each in self._fleet.repository.setup_modules}

    def _region(self, backend: Backend) -> str:
        if backend.region is None:
            raise SetupNotPossibleError(backend.name, "its region is not known")
        return backend.region

    def _is_ours(self, module: SetupModule) -> bool:
        """Tell whether every file of a module was generated."""
        return all(map(_is_ours, self._texts.contents(module.path).values()))

    def _has_our_structure(self, module: SetupModule) -> bool:
        """Tell whether a module was generated, and after no other one."""
        contents = self._texts.contents(module.path)
        return all(map(_is_ours, contents.values())) and not follows_another(contents)


def _with_endpoint(made: MadeSetup, backend: Backend) -> MadeSetup:
    """Say that a bucket is in a store of its own: the provider of the module speaks to AWS unless told otherwise."""
    endpoint = backend.access.endpoints.s3
    if endpoint is None:
        return made
    remark = f"bucket `{backend.bucket}` is behind {endpoint}: tell the provider of its module so"
    return replace(made, remarks=(*made.remarks, remark))


def _is_ours(content: bytes) -> bool:
    return is_generated(content.decode("utf-8", "replace"))
