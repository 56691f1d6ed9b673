"""The names of checks: every one that a module of checks has is known."""

from types import ModuleType

import pytest

from holdfast.core import (
    locking_check_names,
    locking_code_checks,
    locking_digest_checks,
    locking_engine_checks,
    locking_preflight,
    locking_state_checks,
    locking_table_checks,
)

MODULES = (
    locking_code_checks,
    locking_digest_checks,
    locking_engine_checks,
    locking_state_checks,
    locking_table_checks,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.__name__)
def test_every_name_of_a_check_is_known(module: ModuleType) -> None:
    found = {
        value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and "-" in value and " " not in value
    }
    assert found
    assert found <= locking_check_names.CHECK_NAMES


def test_the_rules_that_are_looked_at_before_a_stage_are_known() -> None:
    found = {each.slug for each in locking_preflight.RULE_CHECKS}
    assert "bucket-versioning-off" in found
    assert found <= locking_check_names.CHECK_NAMES
