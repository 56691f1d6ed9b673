"""The roots that a draft may cover: which of them have a key that is known, and which backend keeps it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.core.adoption import Misfit
from holdfast.core.backends import StateUse
from holdfast.core.pattern_inference import ExplainedRoot, LayoutInference, infer_layout
from holdfast.core.pattern_inference_alignment import KeyedRoot
from holdfast.core.patterns import Pattern, parse_pattern
from holdfast.core.repository import Repository
from holdfast.core.settings import Setting, settings_of

NOT_DECIDED = "nothing in the tree decides whether it is initialised with this file"
KEY_UNKNOWN = "its key is an expression, or is given at `init` by something that cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRoot:
    """One root in one configuration, with the state that it uses."""

    setting: Setting
    use: StateUse

    @property
    def bucket(self) -> str:
        """Return the bucket of its state."""
        return self.setting.bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingRoot:
    """A root that the patterns explain: its fields, and whether they have to be listed."""

    root: UsedRoot
    fields: tuple[tuple[str, str], ...]
    listed: bool

    def field(self, name: str) -> str | None:
        """Return the value of a field, or None when it has none."""
        return dict(self.fields).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootsFound:
    """What the code says about its roots, and what the patterns make of it."""

    inference: LayoutInference
    fitting: tuple[FittingRoot, ...]
    misfits: tuple[Misfit, ...]
    unfitting: tuple[tuple[UsedRoot, str], ...]  # with a key that is known, and why it does not fit


def roots_found(repository: Repository) -> RootsFound:
    """Infer the patterns from every root of live code whose state is known."""
    used: list[UsedRoot] = []
    misfits: list[Misfit] = []
    undecided: set[str] = set()
    for setting in settings_of(repository):
        use = setting.use
        if use is not None and setting.certain:
            used.append(UsedRoot(setting=setting, use=use))
        elif setting.certain:
            misfits.append(misfit_of(setting, KEY_UNKNOWN))
        elif setting.root.path not in undecided:  # there may be many files; one says it
            undecided.add(setting.root.path)
            misfits.append(misfit_of(setting, NOT_DECIDED))
    keyed = [
        KeyedRoot(path=each.setting.root.path, key=each.use.key, label=each.use.label)
        for each in used
    ]
    inference = infer_layout(keyed)
    by_identity = {
        (each.path, each.label, each.key): root for each, root in zip(keyed, used, strict=True)
    }
    fitting = [_fitting(each, by_identity) for each in inference.explained]
    unfitting = [
        (by_identity[each.root.path, each.root.label, each.root.key], each.reason)
        for each in inference.unexplained
    ]
    shared = _shared_states(fitting)
    unfitting += [(each.root, shared[id(each)]) for each in fitting if id(each) in shared]
    return RootsFound(
        inference=inference,
        fitting=tuple(each for each in fitting if id(each) not in shared),
        misfits=(*misfits, *(misfit_of(each.setting, reason) for each, reason in unfitting)),
        unfitting=tuple(unfitting),
    )


def _shared_states(fitting: Sequence[FittingRoot]) -> Mapping[int, str]:
    """Return why roots do not fit that share their key with another root, by their identity.

    Components are told apart by their keys. Roots that are told apart by workspaces alone cannot be components.
    """
    by_state: dict[tuple[str, str], list[FittingRoot]] = {}
    for each in fitting:
        by_state.setdefault((each.root.bucket, each.root.use.key), []).append(each)
    found: dict[int, str] = {}
    for sharing in by_state.values():
        paths = list(dict.fromkeys(each.root.use.root_path for each in sharing))
        for each in sharing if len(paths) > 1 else ():
            other = next(path for path in paths if path != each.root.use.root_path)
            found[id(each)] = f"it has its key in common with `{other}`"
    return found


def misfit_of(setting: Setting, reason: str) -> Misfit:
    """Say what a root has, and why it does not fit."""
    facts = [("bucket", setting.bucket)]
    key = setting.configuration.text("key")
    if key is not None:
        facts.append(("key", key))
    if setting.table is not None:
        facts.append(("lock table", setting.table))
    if setting.configuration.label:
        facts.append(("file", setting.configuration.label))
    return Misfit(subject=setting.root.path, facts=tuple(facts), reason=reason)


def _fitting(
    explained: ExplainedRoot, by_identity: Mapping[tuple[str, str, str], UsedRoot]
) -> FittingRoot:
    root = explained.root
    return FittingRoot(
        root=by_identity[root.path, root.label, root.key],
        fields=explained.fields,
        listed=explained.listed,
    )


def with_field_renamed(found: RootsFound, old: str, new: str) -> RootsFound:
    """Return the same with a field called by another name, which no field has."""
    inference = replace(
        found.inference,
        roots=tuple(_pattern_renamed(each, old, new) for each in found.inference.roots),
        key=_pattern_renamed(found.inference.key, old, new),
    )
    fitting = tuple(
        replace(
            each, fields=tuple((new if name == old else name, value) for name, value in each.fields)
        )
        for each in found.fitting
    )
    return replace(found, inference=inference, fitting=fitting)


def _pattern_renamed(pattern: Pattern, old: str, new: str) -> Pattern:
    parsed = parse_pattern(str(pattern).replace(f"{{{old}}}", f"{{{new}}}"))
    return parsed if isinstance(parsed, Pattern) else pattern
