"""One state is locked in ways that do not exclude each other.

## What it checks
Configurations with one bucket, workspace prefix and key, in one root or in several, and keys that spell a workspace
of another root: their locking modes, and the tables that they name. `dynamodb` and `lockfile` do not see each other's locks, `none` sees no lock at
all, and two lock tables are two locks, unless a lock file stands beside both.

## Why it matters
Two writers of this very state can run at once, and the last one overwrites what the other wrote. Both exit with 0,
and neither serial nor lineage shows a trace of it.

## Fix
Make all configurations of the state lock alike. While clients change from one way to the other, set both
`dynamodb_table` and `use_lockfile = true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from holdfast.core.backends import Locking
from holdfast.core.evidence import block_comments, setting_evidence
from holdfast.core.exclusion import all_exclude, table_name
from holdfast.core.findings import Hit, Severity, fleet_rule
from holdfast.core.fleet import Fleet
from holdfast.core.keys import claimed_states
from holdfast.core.settings import Setting, certain_settings

ADVICE = (
    "Make all configurations of the state lock alike; while clients change, set both"
    " `dynamodb_table` and `use_lockfile = true`."
)


@fleet_rule(Severity.CRITICAL)
def state_locking_split(fleet: Fleet) -> Iterator[Hit]:
    """Compare how the users of each state lock it."""
    for backend, settings in certain_settings(fleet):
        known = [each for each in settings if each.locking_known]
        for key, claims in claimed_states(known):
            sharing = [each.setting for each in claims]
            ways = list(dict.fromkeys(map(_way, sharing)))
            if _excludes(sharing):
                continue
            yield Hit(
                message=f"the state `{key}` in `{backend.bucket}` is locked in {len(ways)} ways"
                " that do not exclude each other",
                evidence=(
                    *(setting_evidence(each, _way(each), argument="key") for each in sharing),
                    *block_comments(sharing),
                ),
                advice=ADVICE,
                subject=key,
                backend=backend.name,
            )


def _excludes(settings: Sequence[Setting]) -> bool:
    """Tell whether every two of the settings meet in a lock: a lock file, or one and the same table."""
    modes = {setting.locking for setting in settings}
    if not all_exclude(modes):
        return False
    if all(mode.uses_lockfile for mode in modes) or modes == {Locking.NONE}:
        return True  # without any lock at all it is the rule `backend-not-locked` that speaks
    # Here everybody uses a table, because somebody uses nothing else.
    return len({table_name(setting.table) for setting in settings if setting.table}) <= 1


def _way(setting: Setting) -> str:
    table = f"table `{setting.table}`" if setting.table is not None else "a table"
    match setting.locking:
        case Locking.NONE:
            return "no lock"
        case Locking.DYNAMODB:
            return table
        case Locking.LOCKFILE:
            return "lock file"
        case Locking.BOTH:
            return f"{table} and lock file"
        case _:
            assert_never(setting.locking)
