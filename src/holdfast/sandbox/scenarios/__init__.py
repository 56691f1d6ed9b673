"""The fleets that Holdfast must handle first, as values, by name."""

from collections.abc import Callable, Mapping

from holdfast.sandbox.scenarios.model import Scenario
from holdfast.sandbox.scenarios.shared_table import shared_table, shared_table_declared
from holdfast.sandbox.scenarios.single import single
from holdfast.sandbox.scenarios.two_regions import two_regions

SCENARIOS: Mapping[str, Callable[[], Scenario]] = {
    "shared-table": shared_table,
    "shared-table-declared": shared_table_declared,
    "single": single,
    "two-regions": two_regions,
}
