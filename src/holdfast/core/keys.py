"""State keys of a fleet: which of them are one and the same object. Pure.

A state's identity is bucket, workspace prefix and key. Roots with one key and different prefixes keep their
states apart by workspaces and do not collide; a literal key that spells another root's workspace path does
(Terraform 1.11.4: the key `env:/dev/x` is the workspace `dev` of whoever has the key `x`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from holdfast.core.backends import WORKSPACE_DEFAULT, StateUse
from holdfast.core.regions import PARTITIONS
from holdfast.core.settings import Setting

ENVIRONMENTS: Mapping[str, str] = {
    "acc": "acceptance",
    "acceptance": "acceptance",
    "dev": "development",
    "development": "development",
    "int": "integration",
    "integration": "integration",
    "live": "production",
    "nonprod": "nonproduction",
    "nonproduction": "nonproduction",
    "preprod": "preproduction",
    "preproduction": "preproduction",
    "prd": "production",
    "prod": "production",
    "production": "production",
    "qa": "quality assurance",
    "sandbox": "sandbox",
    "sbx": "sandbox",
    "stage": "staging",
    "staging": "staging",
    "stg": "staging",
    "test": "test",
    "testing": "test",
    "uat": "user acceptance",
}
REGION = re.compile(
    "(?<![a-z0-9])(?:"
    + "|".join(sorted(region for partition in PARTITIONS for region in partition.regions))
    + ")(?![a-z0-9])"
)
WORD = re.compile(r"[a-z]+|\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One setting that uses a state object, and the workspace in which it does."""

    setting: Setting
    use: StateUse
    workspace: str = WORKSPACE_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """One state object that several claim: at least two roots, or one root for several targets."""

    bucket: str
    key: str
    claims: tuple[Claim, ...]


_States: TypeAlias = Mapping[tuple[str, str], Sequence[Claim]]  # workspace prefix and key → claims


def collisions(settings: Iterable[Setting]) -> tuple[Collision, ...]:
    """Return the state objects that collide, in order of their first claim."""
    by_backend: dict[tuple[str, str | None], dict[tuple[str, str], list[Claim]]] = {}
    for setting in settings:
        use = setting.use
        if use is not None:
            states = by_backend.setdefault(setting.identity, {})
            identity = (use.workspace_prefix, use.key)
            states.setdefault(identity, []).append(Claim(setting=setting, use=use))
    return tuple(
        collision
        for (bucket, _), states in by_backend.items()
        for collision in (*_same_states(bucket, states), *_workspace_paths(bucket, states))
    )


def claimed_states(settings: Iterable[Setting]) -> Iterator[tuple[str, tuple[Claim, ...]]]:
    """Yield the key of each state of one backend with all its claims, be they of several roots or of one.

    A literal key that spells a workspace of another setting comes with the claims of that one.
    """
    states: dict[tuple[str, str], list[Claim]] = {}
    for setting in settings:
        use = setting.use
        if use is not None:
            identity = (use.workspace_prefix, use.key)
            states.setdefault(identity, []).append(Claim(setting=setting, use=use))
    for (_, key), claims in states.items():
        yield key, (*claims, *_of_workspaces(key, states))


def _of_workspaces(key: str, states: _States) -> Iterator[Claim]:
    """Yield the claims of those for whom a literal key is one of their workspaces."""
    for prefix, workspace, rest in _as_workspace_path(key):
        for claim in states.get((prefix, rest), ()):
            yield Claim(setting=claim.setting, use=claim.use, workspace=workspace)


def _same_states(bucket: str, states: _States) -> Iterator[Collision]:
    for (_, key), claims in states.items():
        roots = {claim.use.root_path for claim in claims}
        if len(roots) > 1 or _has_several_targets(claims):
            yield Collision(bucket=bucket, key=key, claims=tuple(claims))


def _workspace_paths(bucket: str, states: _States) -> Iterator[Collision]:
    """Yield the literal keys that spell a workspace of another root."""
    literal: dict[str, list[Claim]] = {}
    for (_, key), claims in states.items():
        literal.setdefault(key, []).extend(claims)
    for key, claims in literal.items():
        roots = {claim.use.root_path for claim in claims}
        others = [
            claim for claim in _of_workspaces(key, states) if claim.use.root_path not in roots
        ]
        if others:
            yield Collision(bucket=bucket, key=key, claims=(*claims, *others))


def _as_workspace_path(key: str) -> Iterator[tuple[str, str, str]]:
    """Yield each way to read a key as `<prefix>/<workspace>/<key>`; an empty prefix leaves no slash."""
    segments = key.split("/")
    for position in range(len(segments) - 1):
        yield "/".join(segments[:position]), segments[position], "/".join(segments[position + 1 :])


def _has_several_targets(claims: Sequence[Claim]) -> bool:
    """Tell whether the configurations of one root are for different environments, regions or accounts.

    Two files for one state are common (one for people, one for CI) and harmless; `dev.hcl` and `prod.hcl`
    with one key between them are a copy that nobody edited.
    """
    return any(_differ(one.use.label, other.use.label) for one, other in combinations(claims, 2))


def _differ(one: str, other: str) -> bool:
    """Tell whether two file names say different targets; directories that they share say nothing."""
    parts, other_parts = one.split("/"), other.split("/")
    while parts and other_parts and parts[0] == other_parts[0]:
        del parts[0], other_parts[0]
    targets, other_targets = _targets("/".join(parts)), _targets("/".join(other_parts))
    return bool(targets - other_targets) and bool(other_targets - targets)


def _targets(text: str) -> set[str]:
    lower = text.lower()
    words = WORD.findall(REGION.sub(" ", lower))
    named = {ENVIRONMENTS.get(word, word) for word in words if _is_target(word)}
    return named.union(REGION.findall(lower))


def _is_target(word: str) -> bool:
    return word in ENVIRONMENTS or word.isdecimal()


def keys_alike(keys: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of different keys that differ in upper and lower case alone, in order."""
    groups: dict[str, dict[str, None]] = {}
    for key in keys:
        groups.setdefault(key.casefold(), {})[key] = None
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
