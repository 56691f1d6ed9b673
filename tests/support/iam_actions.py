"""Every action that IAM knows, offline: the Service Authorization Reference as cfn-lint ships it."""

import json
from functools import cache
from pathlib import Path

import cfnlint

POLICIES = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"


@cache
def known_actions() -> frozenset[str]:
    """Return the actions as `service:name`, in lower case: IAM knows no case in them."""
    services = json.loads(POLICIES.read_text(encoding="utf-8"))
    return frozenset(
        f"{service}:{name}".lower()
        for service, found in services.items()
        for name in found["Actions"]
    )


def unknown_actions(actions: frozenset[str]) -> set[str]:
    """Return those that IAM does not know."""
    return {each for each in actions if each.lower() not in known_actions()}
