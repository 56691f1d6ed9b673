"""What the rules over code say of the scenarios, read from disk."""

from pathlib import Path

from holdfast.app.audit import audit_fleet
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.core.findings import FleetRule
from holdfast.rules import all_rules
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.model import Scenario
from holdfast.sandbox.scenarios.shared_table import shared_table
from holdfast.sandbox.scenarios.single import single
from holdfast.sandbox.scenarios.two_regions import two_regions

REGIONS = "terraform/providers/aws/regions"
EMPTY = f"the setup module of `usest1-terraform-state-ezra` is empty: `{REGIONS}/us-east-1/backend-setup`"
LOCAL = (
    f"`{REGIONS}/af-south-1/backend-setup` keeps its state local, which is right for a setup module"
)


def findings(scenario: Scenario, directory: Path) -> list[tuple[str, str, str]]:
    """Return severity, rule and message of every finding in the scenario's code."""
    write_repository(scenario, directory)
    rules = [rule for rule in all_rules() if isinstance(rule, FleetRule)]
    result = audit_fleet(read_code(FleetRequest(directory=directory)), rules)
    assert result.unjudged == ()
    return [(each.severity.word, each.rule, each.hit.message) for each in result.findings]


def test_the_region_without_setup_code_is_all_that_the_code_of_two_regions_shows(
    tmp_path: Path,
) -> None:
    assert findings(two_regions(), tmp_path) == [
        ("medium", "setup-module-missing", EMPTY),
        ("note", "setup-module-state-local", LOCAL),
    ]


def test_the_code_of_one_state_by_the_book_is_clean(tmp_path: Path) -> None:
    assert findings(single(), tmp_path) == []


def test_components_that_share_a_table_are_clean(tmp_path: Path) -> None:
    assert findings(shared_table(), tmp_path) == []
