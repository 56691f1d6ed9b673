"""Where setup modules are, and which file beside a root holds its backend arguments. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from holdfast.core.adoption import DraftAccount, DraftBackend
from holdfast.core.adoption_backends import name_fields
from holdfast.core.adoption_roots import UsedRoot
from holdfast.core.declaration import Layout
from holdfast.core.fleet import Fleet
from holdfast.core.pattern_inference_names import NamedThing, infer_name_pattern
from holdfast.core.patterns import Pattern
from holdfast.core.setup_modules import SetupComplete, SetupEmpty, SetupIncomplete, setup_of

# Files that `generate backend` can write; a block among other code is none of them.
ENDINGS = (".tfbackend", ".hcl")
BLOCK_FILES = frozenset({"backend.tf", "backend.tf.json"})
SHARED_FILES = frozenset({"terragrunt.hcl", "root.hcl"})


def setup_pattern(
    fleet: Fleet,
    backends: Sequence[DraftBackend],
    accounts: Sequence[DraftAccount],
    organization: str | None,
) -> Pattern | None:
    """Return the pattern that says where the most setup modules are."""
    return infer_name_pattern(tuple(_setup_modules(fleet, backends, accounts, organization)))


def file_of(roots: Sequence[UsedRoot]) -> str:
    """Return the name of the file that most roots have their backend arguments in."""
    own = {each.use.root_path: set[str]() for each in roots}
    for each in roots:
        own[each.use.root_path].update(filter(_can_be_generated, _own_file(each)))
    counts = Counter(name for names in own.values() for name in names)
    most = min(counts, key=lambda name: (-counts[name], name), default=Layout().file)
    several = sum(len(names) > 1 for names in own.values())
    if several * 2 > len(
        own
    ):  # a file for each environment: what they have in common is the ending
        return f"backend{PurePosixPath(most).suffix}"
    return most


def _setup_modules(
    fleet: Fleet,
    backends: Sequence[DraftBackend],
    accounts: Sequence[DraftAccount],
    organization: str | None,
) -> Iterator[NamedThing]:
    by_name = {each.name: each for each in accounts}
    drafts = {each.bucket: each for each in backends}
    for backend in fleet.backends:
        draft = drafts.get(backend.bucket)
        match setup_of(backend, fleet.backends, fleet.repository):
            case SetupComplete(module=module) | SetupIncomplete(module=module):
                path = module.path
            case SetupEmpty(module=module):
                path = module.path
            case _:
                continue
        if draft is not None:
            fields = name_fields(draft, by_name, organization)
            yield NamedThing(name=path, fields=(*fields, ("backend", draft.name)))


def _own_file(root: UsedRoot) -> Iterator[str]:
    """Yield the name of the file in the root's own directory that names its bucket."""
    directory, _, name = root.setting.span.path.rpartition("/")
    if directory == ("" if root.setting.root.path == "." else root.setting.root.path):
        yield name


def _can_be_generated(name: str) -> bool:
    return name in BLOCK_FILES or (name.endswith(ENDINGS) and name not in SHARED_FILES)
