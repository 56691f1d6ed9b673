"""States are in the bucket that no root uses.

## What it checks
With `--states`: every object of the bucket that is named as states are, against the keys of the roots in this
directory with all their workspaces, of partial files that may belong to a root, of `.terraform` beside a root, and of
the components of the declaration. A state that was moved, with the tombstone at its old key, is not one. Where
a root names no key that can be read from the code, any such state may be its own: then nobody knows.

## Why it matters
It may be what is left after a key was changed and `init -reconfigure` run: then real resources belong to a state
that nobody applies, and the root at the new key builds them a second time. Its secrets are there in any case.

## Fix
Find out whose it is: code in another repository may use it. `holdfast states show KEY` shows its versions. If the
code only lost its key, give the key back to it; if another state has its lineage, the rule
`state-lineage-twice` says which. No command of Holdfast deletes a state that was not moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.core.backends import WORKSPACE_PREFIX_DEFAULT, Backend
from holdfast.core.facts import Known, Reason, Withheld, need
from holdfast.core.findings import Hit, Severity, states_rule
from holdfast.core.fleet import Fleet
from holdfast.core.key_index import KeyIndex
from holdfast.core.observed_states import ObservedState, ObservedStates
from holdfast.core.repository import Place, Root
from holdfast.core.settings import Setting, backend_of, settings_of
from holdfast.core.states_evidence import state_evidence

ADVICE = (
    "Find out whose they are before anything else: code in another repository may use them."
    " `holdfast states show KEY` shows what is there."
)


@states_rule(Severity.LOW)
def state_orphaned(states: ObservedStates, fleet: Fleet) -> Iterator[Hit]:
    """Look for states whose keys nothing here has."""
    users = KeyIndex(_possible_users(states.backend, fleet))
    unused = [
        each
        for each in states.states
        if each.found.is_there
        and each.found.workspace is None
        and next(users.of(each.found.key), None) is None
    ]
    roots = _roots_without_key(states.backend, fleet)
    if unused and roots:
        need(_may_be_of(roots))
    orphans = [each for each in unused if each.moved_to == Known(None)]
    if orphans:
        yield _hit(states.backend, orphans)
    for each in unused:
        need(each.moved_to)
    if states.bucket_unread is not None:
        need(states.bucket_unread)


def _hit(backend: Backend, orphans: Sequence[ObservedState]) -> Hit:
    words = "1 state" if len(orphans) == 1 else f"{len(orphans)} states"
    verb = "is" if len(orphans) == 1 else "are"
    return Hit(
        message=f"{words} in `{backend.bucket}` {verb} used by no root here",
        evidence=tuple(state_evidence(each) for each in orphans),
        advice=ADVICE,
        subject=orphans[0].found.key if len(orphans) == 1 else "",
    )


def _possible_users(backend: Backend, fleet: Fleet) -> Iterator[tuple[str, str, str]]:
    """Yield workspace prefix, key and name of everything that the listing does not know as a use of the code.

    That are files that may belong to a root, directories that are initialised against another key than their code
    names, and components whose roots are elsewhere.
    """
    for setting in settings_of(fleet.repository):
        if setting.use is not None and _is_in(setting, backend, fleet):
            yield setting.workspace_prefix, setting.use.key, setting.root.path
    for root in fleet.repository.roots:
        cached = root.cache.config if root.cache is not None and root.cache.type == "s3" else {}
        key, prefix = cached.get("key"), cached.get("workspace_key_prefix")
        if cached.get("bucket") == backend.bucket and isinstance(key, str):
            yield prefix if isinstance(prefix, str) else WORKSPACE_PREFIX_DEFAULT, key, root.path
    for each in fleet.components.components if fleet.components is not None else ():
        if each.backend.name == backend.name:
            yield WORKSPACE_PREFIX_DEFAULT, each.key, each.pipeline


def _is_in(setting: Setting, backend: Backend, fleet: Fleet) -> bool:
    used = backend_of(setting, fleet.backends)
    return used is not None and used.name == backend.name


def _roots_without_key(backend: Backend, fleet: Fleet) -> tuple[str, ...]:
    """Return the live roots of which the code does not say whether they use this backend, or under which key."""
    return tuple(
        root.path
        for root in fleet.repository.roots
        if root.place is Place.LIVE and root.backend_type == "s3" and _is_open(root, backend, fleet)
    )


def _is_open(root: Root, backend: Backend, fleet: Fleet) -> bool:
    for configuration in root.configurations:
        bucket = configuration.text("bucket")
        if bucket is None or (
            configuration.text("key") is None
            and _is_in(Setting(root, configuration, bucket), backend, fleet)
        ):
            return True
    return not root.configurations


def _may_be_of(roots: Sequence[str]) -> Withheld:
    others = f" and {len(roots) - 1} more" if len(roots) > 1 else ""
    words = f"bucket or key of `{roots[0]}`{others} cannot be read from the code: a state may be its own"
    return Withheld(reason=Reason.NOT_ASKED, detail=words)
