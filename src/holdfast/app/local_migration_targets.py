"""Which roots have a local state that is to go to a backend, and to which: by their code, or by the declaration.

Nothing is read from the cloud. What is in the way is collected, so that all of it is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from holdfast.app.declared_fleet import DeclaredFleet, fleet_of_declaration
from holdfast.app.local_migration_code import AS_IT_IS, CodeSwitch, declared_place
from holdfast.core.backends import WORKSPACE_DEFAULT, Backend, StateUse
from holdfast.core.fleet import Fleet
from holdfast.core.local_migration import ERRORED_NAME, LOCAL, LocalPlaces, local_places, shared
from holdfast.core.repository import Place, Root
from holdfast.core.settings import Setting, backend_of, settings_of
from holdfast.core.state_content import EmptyState, ReadState
from holdfast.engine.local_state_files import local_workspaces, read_local
from holdfast.errors import LocalStateUnreadError, UsageError

S3 = "s3"
SETUP_MODULE = "a setup module, which keeps its state beside it; name it to migrate it all the same"
NO_PLACE = "its code names no S3 backend, and no component of a declaration is there"
NOT_CHOSEN = "its backend is none of the chosen ones"
UNCERTAIN = "several files could be its backend configuration, and nothing says which one is"
NOT_MEANT = frozenset({NO_PLACE, NOT_CHOSEN, UNCERTAIN})
ERRORED = "an engine could not write this state: `state push` it before anything else"

STANDARD_PLACES = LocalPlaces()

Obstacle = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """One local state: of which workspace, where it lies, and what it holds. `shown` is its path for people."""

    workspace: str
    path: Path
    shown: str
    read: ReadState


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRoot:
    """A root with local states, and the backend that is to keep them; `backend` knows the use of the root."""

    root: Root
    files: tuple[LocalFile, ...]
    backend: Backend
    use: StateUse
    partial_file: str
    places: LocalPlaces = STANDARD_PLACES
    switch: CodeSwitch = AS_IT_IS


@dataclass(slots=True, kw_only=True)
class LocalRoots:
    """The roots to be migrated, those left alone with the reason, and what is in the way."""

    roots: list[LocalRoot] = field(default_factory=list)
    left: list[Obstacle] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)


def find_local_roots(
    code: Fleet, names: Sequence[str], *, directory: Path, file: Path, start: Path
) -> LocalRoots:
    """Return the roots of these names with all that is in the way; every live root without a name.

    `file` is the declaration, if there is one. A name is the path of a root or of a directory above roots, relative to
    `start` or to `directory`. Raises `UsageError` for a name that is none, and what `declared_place` raises.
    """
    search = _Search(code, directory, file)
    for root in _chosen(code, names, directory=directory, start=start):
        search.take(root, named=root.path in _meant(names, directory, start))
    found = search.found
    found.left += search.left_roots()
    found.obstacles += _doubled(found.roots, code)
    return found


class _Search:
    """Looks at roots one by one."""

    def __init__(self, code: Fleet, directory: Path, file: Path) -> None:
        self.found = LocalRoots()
        self._code = code
        self._directory = directory
        self._declared: DeclaredFleet | None = (
            fleet_of_declaration(code.declaration, code.repository, file=file)
            if code.declaration is not None
            else None
        )
        self._setups = {each.path for each in code.repository.setup_modules if each.creations}
        self._settings = tuple(settings_of(code.repository))
        self._left: list[tuple[Obstacle, tuple[LocalFile, ...]]] = []

    def take(self, root: Root, *, named: bool) -> None:
        """Look at one root; `named`: it was asked for by its own path."""
        if root.backend_type not in {S3, LOCAL}:
            if named:
                self.found.obstacles.append((root.path, f"its backend is `{root.backend_type}`"))
            return
        places = local_places(root)
        if isinstance(places, str):
            refused = self.found.obstacles if named else self.found.left
            refused.append((str(root.span), places))
            return
        files = self._files(root, places)
        if not files:
            return
        if root.path in self._setups and not named:
            self._left.append(((root.path, SETUP_MODULE), files))
            return
        target = self._target(root, files)
        if isinstance(target, LocalRoot):
            self.found.roots.append(replace(target, places=places))
        elif not named and all(words in NOT_MEANT for _, words in target):
            self._left += [(each, files) for each in target]
        else:
            self.found.obstacles += target

    def left_roots(self) -> Iterator[Obstacle]:
        """Yield the roots that are left alone; not the directory in which another one keeps its states."""
        taken = {file.path.resolve() for each in self.found.roots for file in each.files}
        for left, files in self._left:
            if not taken.issuperset(file.path.resolve() for file in files):
                yield left

    # What is there ----------------------------------------------------------------------------------

    def _files(self, root: Root, places: LocalPlaces) -> tuple[LocalFile, ...]:
        """Return the states that hold anything; what cannot be used is an obstacle."""
        errored = self._directory / root.path / ERRORED_NAME
        if errored.is_file() and errored.stat().st_size:
            self.found.obstacles.append((f"{root.path}/{ERRORED_NAME}", ERRORED))
        found: list[LocalFile] = []
        for workspace, path, shown in local_paths(root, places, self._directory):
            try:
                read = read_local(path)
            except LocalStateUnreadError as error:
                self.found.obstacles.append((shown, error.facts[0][1]))
                continue
            if read is not None and not isinstance(read.content, EmptyState):
                found.append(LocalFile(workspace=workspace, path=path, shown=shown, read=read))
        return tuple(found)

    # Where it goes ----------------------------------------------------------------------------------

    def _target(self, root: Root, files: tuple[LocalFile, ...]) -> LocalRoot | tuple[Obstacle, ...]:
        settings = [each for each in self._settings if each.root.path == root.path]
        own = [each for each in settings if each.certain]
        chosen = [each for each in own if backend_of(each, self._code.backends_chosen) is not None]
        places = {(each.bucket, each.use.key): each for each in chosen if each.use is not None}
        if len(places) > 1:
            words = "it has several backends: " + ", ".join(f"{b}/{key}" for b, key in places)
            return ((root.path, f"{words}; choose one with `--backend`"),)
        if places:
            (setting,) = places.values()
            return self._with(root, files, setting, setting.configuration.label)
        if chosen:
            return ((str(chosen[0].span), "its key is missing, or an expression"),)
        if own:
            return ((root.path, NOT_CHOSEN),)
        target = self._declared_target(root, files)
        return (
            ((root.path, UNCERTAIN),) if settings and target == ((root.path, NO_PLACE),) else target
        )

    def _declared_target(
        self, root: Root, files: tuple[LocalFile, ...]
    ) -> LocalRoot | tuple[Obstacle, ...]:
        fleet = self._declared
        if fleet is None:
            return ((root.path, NO_PLACE),)
        placed = [each for each in fleet.components if each.component.root == root.path]
        if not placed:
            mistakes = [each.words for each in fleet.mistakes if each.root == root.path]
            return ((root.path, next(iter(mistakes), NO_PLACE)),)
        if len(placed) > 1:
            return ((root.path, "several components share it: write its backend by hand"),)
        fleet.refuse_mistakes_at([placed[0].component])
        place = declared_place(root, placed[0], fleet)
        if isinstance(place, tuple):
            return place
        return self._with(root, files, place.setting, "", switch=place.switch, name=place.backend)

    def _with(
        self,
        root: Root,
        files: tuple[LocalFile, ...],
        setting: Setting,
        partial_file: str,
        *,
        switch: CodeSwitch = AS_IT_IS,
        name: str = "",
    ) -> LocalRoot | tuple[Obstacle, ...]:
        backends = self._code.backends_chosen
        named = next((each for each in backends if each.name == name), None)
        backend = named or backend_of(setting, backends)
        use = setting.use
        if backend is None or use is None:
            return ((root.path, NOT_CHOSEN),)
        others = tuple(each for each in backend.uses if each.root_path != root.path)
        return LocalRoot(
            root=root,
            files=files,
            backend=replace(backend, uses=(use, *others)),
            use=use,
            partial_file=partial_file,
            switch=switch,
        )


def local_paths(
    root: Root, places: LocalPlaces, directory: Path
) -> Iterator[tuple[str, Path, str]]:
    """Yield each workspace that may have a local state, where that lies, and its path for people.

    Raises `LocalStateUnreadError` when the directory of the workspaces cannot be read.
    """
    here = directory / root.path
    for workspace in (WORKSPACE_DEFAULT, *local_workspaces(here / places.workspaces)):
        said = places.path_of(workspace)
        shown = said if Path(said).is_absolute() else _joined(root.path, said)
        yield workspace, here / said, shown


def _doubled(roots: Sequence[LocalRoot], code: Fleet) -> Iterator[Obstacle]:
    """Yield what two roots would both read, or write."""
    paths = ((each.root.path, str(file.path.resolve())) for each in roots for file in each.files)
    for root, other in shared(paths):
        yield root, f"its local state is that of `{other}` too"
    theirs = [
        (each.root.path, f"{each.bucket}/{each.use.key}")
        for each in settings_of(code.repository)
        if each.certain and each.use is not None
    ]
    ours = [(each.root.path, f"{each.backend.bucket}/{each.use.key}") for each in roots]
    mine = {root for root, _ in ours}
    for root, other in shared([*theirs, *ours]):
        if {root, other} & mine:
            place = dict(ours).get(root) or dict(ours)[other]
            yield root, f"`{place}` is that of `{other}` too"


# Names ----------------------------------------------------------------------------------------------


def _chosen(code: Fleet, names: Sequence[str], *, directory: Path, start: Path) -> list[Root]:
    live = [each for each in code.repository.roots if each.place is Place.LIVE]
    if not names:
        return live
    chosen: dict[str, Root] = {}
    for name in names:
        meant = _meant([name], directory, start)
        found = [
            each
            for each in live
            if any(PurePosixPath(each.path).is_relative_to(path) for path in meant)
        ]
        if not found:
            raise UsageError(
                f"`{name}` is no root, and there is none below it", world="nothing was changed"
            )
        chosen |= {each.path: each for each in found}
    return list(chosen.values())


def _meant(names: Sequence[str], directory: Path, start: Path) -> set[str]:
    """Return the paths below the directory that names can mean."""
    top = directory.resolve()
    paths = [(base / name).resolve() for base in (start, directory) for name in names]
    return {each.relative_to(top).as_posix() for each in paths if each.is_relative_to(top)}


def _joined(root: str, path: str) -> str:
    return path if root == "." else f"{root}/{path}"
