"""Make a setup module after another one, and read the copy again before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.app.setup_reading import SetupTexts
from holdfast.core.backends import Backend
from holdfast.core.generated import GeneratedFile
from holdfast.core.repository import CreatedKind, Repository, SetupModule
from holdfast.core.setup_modules import SetupComplete, setup_of
from holdfast.generate.setup_following import Followed, NotFollowed, SetupNames, follow
from holdfast.generate.setup_module_followed import files_beside, remarks_about
from holdfast.generate.setup_settings import SetupSettings, table_name
from holdfast.hcl.setup_patterns import setup_pattern

IMPORTS_NAME = "imports.tf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A complete module that others may follow, the backend that it belongs to, and what names that."""

    backend: Backend
    module: SetupModule
    names: SetupNames


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedModule:
    """The files of a module that follows another one, and what a person should know of it."""

    files: tuple[GeneratedFile, ...]
    remarks: tuple[str, ...]


def names_of(backend: Backend, region: str) -> SetupNames:
    """Return what tells the module of a backend from another's."""
    return SetupNames(
        bucket=backend.bucket,
        table=table_name(backend.table) if backend.table is not None else None,
        region=region,
        account=backend.account,
        profile=backend.access.profile,
        kms_key=backend.kms_key,
    )


def followed_module(
    settings: SetupSettings,
    directory: str,
    *,
    backend: Backend,
    model: Model,
    own: Sequence[GeneratedFile],
    texts: SetupTexts,
) -> FollowedModule | NotFollowed:
    """Return the module of a backend after `model`, or why that cannot be; `own` has the whole baseline.

    The copy is read as an audit would read it: unless it then creates the backend, it is none.
    """
    path = model.module.path
    # What the pattern took over when it was made is not there for others.
    contents = {name: text for name, text in texts.contents(path).items() if name != IMPORTS_NAME}
    copied = follow(
        setup_pattern(path, contents),
        model.names,
        names_of(backend, settings.region),
        directory=directory,
    )
    if isinstance(copied, NotFollowed):
        return copied
    names = frozenset({backend.bucket, *backend.tables})
    copy = texts.module_of(copied.files, directory, names=names)
    if copy is None:
        return NotFollowed("its text creates nothing")
    reason = _flaw(backend, copy, model, copied)
    if reason is not None:
        return NotFollowed(reason)
    whole = texts.module_of(own, directory, names=names)
    return FollowedModule(
        files=(*copied.files, *files_beside(settings, copy, pattern=path)),
        remarks=(*copied.remarks, *remarks_about(copy, pattern=model.module, whole=whole)),
    )


def _flaw(backend: Backend, copy: SetupModule, model: Model, copied: Followed) -> str | None:
    """Return why a copy does not create the backend, or would create what is the pattern's."""
    alone = Repository(roots=(), setup_modules=(copy,))
    match = setup_of(backend, (backend,), alone)
    if not isinstance(match, SetupComplete):
        return f"its text does not decide the names: the copy does not create `{backend.bucket}`"
    not_said = [each for each in copy.creations if each.name is None]
    if not_said and model.backend.bucket not in copied.renamed:
        return (
            f"`{not_said[0].address}` ({model.module.path}) has a name that the text does not say"
        )
    theirs = {
        each.name for each in model.module.creations if each.kind is not CreatedKind.LOCK_TABLE
    }
    taken = [each for each in copy.creations if each.name is not None and each.name in theirs]
    if taken:
        return f"`{taken[0].address}` would be `{taken[0].name}` again"
    return None
