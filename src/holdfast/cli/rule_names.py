"""Names of rules and steps as they are typed on the command line."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from holdfast.core.findings import FleetRule, Rule, StatesRule
from holdfast.core.planning import ORDER
from holdfast.errors import SlugUnknownError, UsageError


def checked_rules(
    names: Sequence[str], rules: Sequence[Rule], *, offline: bool = False, states: bool = True
) -> tuple[str, ...]:
    """Return the names; raise `SlugUnknownError` with the nearest ones for a rule that does not exist.

    Raises `UsageError` for a rule over the cloud or over states when those are not read: a report without a finding of
    it would pass for a judgement.
    """
    known = [rule.slug for rule in rules]
    for name in names:
        if name not in known:
            raise SlugUnknownError(name, difflib.get_close_matches(name, known, n=3))
    chosen = [rule for rule in rules if rule.slug in names]
    of_cloud = [rule.slug for rule in chosen if not isinstance(rule, FleetRule)]
    if offline and of_cloud:
        raise UsageError(
            f"`{of_cloud[0]}` is judged by what the cloud says, and `--offline` does not read it",
            facts=(("rules over the cloud", ", ".join(of_cloud)),) if len(of_cloud) > 1 else (),
            world="nothing was judged",
            hints=("leave out `--offline`", "or name rules over the code alone"),
        )
    of_states = [rule.slug for rule in chosen if isinstance(rule, StatesRule)]
    if of_states and not states:
        raise UsageError(
            f"`{of_states[0]}` is judged by the states, and they are read with `--states` only",
            facts=(("rules over states", ", ".join(of_states)),) if len(of_states) > 1 else (),
            world="nothing was judged",
            hints=("add `--states`",),
        )
    return tuple(names)


def checked_steps(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names; raise `UsageError` for one that cannot be the name of a step.

    A step that is not in the plan is no mistake: it may be done already.
    """
    kinds = list(ORDER.values())
    for name in names:
        kind, colon, subject = name.partition(":")
        if kind not in kinds or not colon or not subject:
            raise UsageError(
                f"no step is called `{name}`",
                world="nothing was changed",
                hints=(
                    "a step is named by what it does and to what: `create-table:NAME`",
                    *(
                        f"did you mean `{each}:…`?"
                        for each in difflib.get_close_matches(kind, kinds)
                    ),
                ),
            )
    return tuple(names)


def checked_rules_and_steps(names: Sequence[str], rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the names; raise for one that is neither a rule nor can be the name of a step.

    A rule over states is no rule of a plan: nothing is planned by what a state says, and it is not read for that.
    """
    checked_steps([name for name in names if ":" in name])
    checked_rules([name for name in names if ":" not in name], rules)
    of_states = [rule.slug for rule in rules if rule.slug in names and isinstance(rule, StatesRule)]
    if of_states:
        raise UsageError(
            f"`{of_states[0]}` is judged by the states, and no step of a plan mends those",
            world="nothing was changed",
            hints=(
                f"`holdfast audit --states --only {of_states[0]}` judges it",
                f"`holdfast explain {of_states[0]}` says what to do",
            ),
        )
    return tuple(names)
