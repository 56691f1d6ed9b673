"""The audit rules, one file each. The folder is the registry.

A rule is pure. It reads facts and yields hits together with the steps that would fix them; it never
learns the time, never asks AWS and never sees a fact that could not be read. Rules do not import
each other.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from holdfast.core.findings import BackendRule, BucketRule, FleetRule, Rule, StatesRule, TableRule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of the folder, in order of their slugs."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(_rule_in(name) for name in names)


def _rule_in(name: str) -> Rule:
    rule = getattr(import_module(f"{__name__}.{name}"), name, None)
    if not isinstance(rule, FleetRule | BackendRule | BucketRule | TableRule | StatesRule):
        raise TypeError(f"the module `{name}` does not define a rule of its own name")
    return rule
