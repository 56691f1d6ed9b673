"""Every write of a move of two states at once gets no answer in turn; running it again comes to the same end."""

from functools import partial
from pathlib import Path

from holdfast.aws.connections import Connections
from tests.app.states.conftest import History
from tests.app.states.faults import disturbed, writes_of
from tests.app.states.fleet_moving import BOTH_SHARED, FleetScene, second_site
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter


def test_an_unanswered_write_stops_the_rest_and_running_it_again_completes_all(
    faulty: History, fault_proxy: FaultProxy, connections: Connections, tmp_path: Path
) -> None:
    new = second_site(faulty.site)

    def built(name: str) -> FleetScene:
        # They share a file, so they move at once.
        return FleetScene(
            name=name,
            old=faulty.site,
            new=new,
            directory=tmp_path / name,
            connections=connections,
            roots=BOTH_SHARED,
        ).build()

    first = built("undisturbed")
    operations = writes_of(fault_proxy, first.migrate)
    first.assert_migrated()
    # For each two locks at each place, a state, a digest, and two locks given back.
    assert len(operations) >= 16
    for position in range(len(operations)):
        scene = built(f"write-{position}")
        disturbed(fault_proxy, partial(scene.do, scene.plan()), DropAfter(), skip=position)
        scene.migrate()
        scene.assert_migrated()
