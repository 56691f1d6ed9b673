"""What the code has and the declaration does not cover: backends, lock tables, roots. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.adoption import Misfit
from holdfast.core.adoption_roots import misfit_of
from holdfast.core.components import components_of
from holdfast.core.declaration import Declaration
from holdfast.core.fleet import Fleet
from holdfast.core.repository import Place
from holdfast.core.settings import certain_settings

# Rules whose accepted findings say that somebody knows of a root or a backend that is not covered.
RULES_OF_STRANGERS = frozenset({"backend-not-declared", "key-off-pattern", "root-undeclared"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is not covered, by kind."""

    backends: tuple[Misfit, ...] = ()
    tables: tuple[Misfit, ...] = ()
    roots: tuple[Misfit, ...] = ()

    @property
    def total(self) -> int:
        """Count everything that is not covered."""
        return len(self.backends) + len(self.tables) + len(self.roots)


def news_of(fleet: Fleet, declaration: Declaration) -> News:
    """Return what a declaration does not cover of live code.

    Roots under `layout.except` are known, and so is what was accepted under `ignore`.
    """
    accepted = {
        name
        for each in declaration.ignores
        if each.rule in RULES_OF_STRANGERS
        for name in (each.root, each.backend)
        if name is not None
    }
    known = accepted.union(declaration.layout.exceptions)
    groups = certain_settings(fleet)
    return News(
        backends=tuple(
            Misfit(
                subject=backend.bucket,
                facts=(("roots", str(len(settings))), *(("lock table", t) for t in backend.tables)),
                reason="no backend is declared for this bucket",
            )
            for backend, settings in groups
            if settings
            and not backend.declared
            and not accepted & {backend.bucket, backend.name}
            and not known.issuperset(each.root.path for each in settings)
        ),
        tables=tuple(_tables(fleet, declaration)),
        roots=tuple(_roots(fleet, declaration, known)),
    )


def _tables(fleet: Fleet, declaration: Declaration) -> Iterator[Misfit]:
    declared = {each.bucket: each for each in declaration.backends}
    for backend in fleet.backends:
        own = declared.get(backend.bucket)
        used = dict.fromkeys(each.table for each in backend.uses if each.table is not None)
        for table in used if own is not None else ():
            if own is not None and table != own.table:
                has = f"`{own.table}`" if own.table is not None else "none"
                yield Misfit(
                    subject=table,
                    facts=(("bucket", backend.bucket),),
                    reason=f"roots lock with this table, and backend `{own.name}` has {has}",
                )


def _roots(fleet: Fleet, declaration: Declaration, known: set[str]) -> Iterator[Misfit]:
    """Yield the roots of declared backends whose key no component has; without any key there are none."""
    if declaration.naming.key is None and not any(each.key for each in declaration.components):
        return
    paths = tuple(each.path for each in fleet.repository.roots if each.place is Place.LIVE)
    found = components_of(declaration, paths)
    keys = {(each.backend.bucket, each.key) for each in found.components}
    wrong = {each.root: each.words for each in found.mistakes if each.root is not None}
    by_path = {each.root: each for each in found.components if each.root is not None}
    said: set[str] = set()
    for _, settings in certain_settings(fleet):
        for setting in settings:
            key = setting.configuration.text("key")
            path = setting.root.path
            if path in known or (setting.bucket, key) in keys:
                continue
            component = by_path.get(path)
            if key is None and component is not None:
                continue  # what it is given at `init` cannot be read
            if path in wrong:
                reason = wrong[path]
            elif component is not None:
                reason = (
                    f"its component has the key `{component.key}` in `{component.backend.bucket}`"
                )
            else:
                reason = "no component has its key"
            said.add(path)
            yield misfit_of(setting, reason)
    for path, words in wrong.items():
        if path not in said and path not in known:
            yield Misfit(subject=path, facts=(), reason=words)
