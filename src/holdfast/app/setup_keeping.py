"""Fit a module that was made into the directory where it was made before, so that nothing is taken from the cloud.

A module may hold what its bucket had when it was made: statements of others, a stronger encryption. Made again while
that cannot be read it would lack them, and the next apply of it would remove them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from holdfast.app.setup_following import IMPORTS_NAME
from holdfast.app.setup_results import LeftSetup, MadeSetup
from holdfast.core.facts import Withheld
from holdfast.core.generated import Standing, standing_of
from holdfast.errors import SetupNotPossibleError
from holdfast.generate.setup_settings import SetupSettings

AFTER = b", after `"  # in the first line of a file that follows another module


def follows_another(contents: Mapping[str, bytes]) -> bool:
    """Tell whether a generated module was made after another one; `imports.tf` never is."""
    return any(AFTER in text.partition(b"\n")[0] for text in contents.values())


def kept(
    made: MadeSetup, settings: SetupSettings, contents: Mapping[str, bytes]
) -> MadeSetup | LeftSetup:
    """Return what may be written where `contents` are the files of the module that was made before.

    Raises `SetupNotPossibleError` when it had another structure: its resources would get other addresses, and
    Terraform would destroy what it knows by the old ones.
    """
    if not contents:
        return made
    names = {each.path.rpartition("/")[2] for each in made.files}
    stale = sorted(contents.keys() - names)
    if stale or follows_another(contents) != (made.pattern is not None):
        raise SetupNotPossibleError(
            made.backend,
            f"`{made.directory}` holds a module of another structure",
            facts=[("files", ", ".join(f"`{name}`" for name in sorted(contents)))],
            hints=("remove its files first, if it was never applied",),
        )
    if not _is_unknown(settings):
        return made
    # What was there when the module was made is still what an apply has to take over.
    files = tuple(
        each
        for each in made.files
        if each.path.rpartition("/")[2] != IMPORTS_NAME or IMPORTS_NAME not in contents
    )
    # An edited file is for whoever writes to refuse.
    changed = [
        each.path
        for each in files
        if (before := contents.get(each.path.rpartition("/")[2])) is not None
        and standing_of(before.decode("utf-8", "replace"), each) is Standing.OUT_OF_DATE
    ]
    if made.pattern is None and changed:
        words = (
            f"has its module in `{made.directory}`, made of what its bucket and table had;"
            " what they have now is not known, so it is not made again"
        )
        return LeftSetup(backend=made.backend, words=words, unknown=True)
    return replace(made, files=files)


def _is_unknown(settings: SetupSettings) -> bool:
    """Tell whether something that goes into a module could not be read."""
    facts = (
        settings.bucket_there,
        settings.encryption,
        settings.policy,
        settings.lifecycle,
        settings.tags_there,
        *((settings.table.there, settings.table.tags_there) if settings.table is not None else ()),
    )
    return any(isinstance(each, Withheld) for each in facts)
