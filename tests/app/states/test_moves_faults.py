"""Every write of a move of two states at once gets no answer in turn; running it again comes to the same end."""

from contextlib import suppress
from pathlib import Path

from holdfast.aws.connections import Connections
from holdfast.errors import HoldfastError
from tests.app.states.conftest import History
from tests.app.states.fleet_moving import BOTH_SHARED, FleetScene, second_site
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, Rule
from tests.support.killing import is_write


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
    fault_proxy.forget()
    assert first.migrate() == 1
    first.assert_migrated()
    operations = [each.operation for each in fault_proxy.requests() if is_write(each)]
    assert (
        len(operations) >= 16
    )  # for each two locks at each place, a state, a digest, and two locks given back
    for position in range(len(operations)):
        scene = built(f"write-{position}")
        moves = scene.plan()
        rule = Rule(action=DropAfter(), when=is_write, skip=position, times=1)
        fault_proxy.add(rule)
        with suppress(HoldfastError):
            scene.do(moves)
        fault_proxy.allow_all()
        scene.migrate()
        scene.assert_migrated()
