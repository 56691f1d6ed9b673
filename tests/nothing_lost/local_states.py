"""The commands that bring local states into a backend."""

from tests.nothing_lost.fleet import KEY, Fleet, Place, body_of, md5_of
from tests.nothing_lost.ground import Ground
from tests.nothing_lost.proofs import Proof

LOCAL = body_of(3, "local")
CODE_FILE, LOCAL_FILE = "network/main.tf", "network/terraform.tfstate"


def migrate_local(ground: Ground) -> Proof:
    """Bring a local state into the backend that the code names."""

    def build() -> Fleet:
        place = Place(label="STATE", spot=ground.spot(), key=KEY)
        fleet = Fleet(directory=ground.directory(), places=(place,)).build()
        (fleet.repository / LOCAL_FILE).write_bytes(LOCAL)
        return fleet

    def assert_end(fleet: Fleet) -> None:
        place = fleet.place("STATE")
        assert place.spot.states() == {KEY: LOCAL}
        assert place.spot.digests() == {KEY: md5_of(LOCAL)}
        assert fleet.locks() == {}
        assert fleet.files() == [CODE_FILE, f"{LOCAL_FILE}.migrated-to-s3-serial-3"]
        assert (fleet.repository / fleet.files()[1]).read_bytes() == LOCAL
        assert fleet.names_in_code(place)

    return Proof(
        command="migrate local",
        build=build,
        arguments=lambda _: ("migrate", "local", "--auto-approve"),
        assert_end=assert_end,
        places=("STATE",),
    )
