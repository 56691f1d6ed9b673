"""The commands that are proven: what each begins with, and the end that it has to come to."""

from collections.abc import Callable
from dataclasses import replace

from holdfast.core.lock_info import LockInfo, lock_identifier
from holdfast.sandbox.environment import Profile
from tests.nothing_lost.fleet import (
    KEY,
    NEW_KEY,
    WORKSPACE,
    Fleet,
    Place,
    Spot,
    body_of,
    md5_of,
)
from tests.nothing_lost.ground import Ground
from tests.nothing_lost.local_states import migrate_local
from tests.nothing_lost.proofs import TOMBSTONE, Proof

GOOD, BAD, RESTORED = body_of(3, "good"), body_of(4, "bad"), body_of(5, "good")
NEW_REGION = "eu-west-1"
CODE_FILE = "network/main.tf"
NEIGHBOUR_FILE = "neighbour/main.tf"


# Restore --------------------------------------------------------------------------------------------


def restore(ground: Ground) -> Proof:
    """Bring back the version before a bad apply."""

    def build() -> Fleet:
        spot = ground.spot()
        good = spot.write(KEY, GOOD)
        spot.write(KEY, BAD)
        place = Place(label="STATE", spot=spot, key=KEY)
        return Fleet(directory=ground.directory(), places=(place,), facts={"version": good}).build()

    def assert_end(fleet: Fleet) -> None:
        place = fleet.place("STATE")
        assert place.spot.states() == {KEY: RESTORED}
        assert place.spot.digests() == {KEY: md5_of(RESTORED)}
        assert fleet.locks() == {}
        assert place.spot.versions(KEY) == (RESTORED, BAD, GOOD)

    return Proof(
        command="states restore",
        build=build,
        arguments=lambda fleet: (
            *("states", "restore", KEY),
            *("--version", fleet.facts["version"], "--auto-approve"),
        ),
        assert_end=assert_end,
        places=("STATE",),
    )


# Digests --------------------------------------------------------------------------------------------


def repair(ground: Ground) -> Proof:
    """Write the digest of the bytes where a stale one is."""

    def build() -> Fleet:
        spot = ground.spot()
        spot.write(KEY, GOOD)
        spot.put_object(KEY, BAD)
        place = Place(label="STATE", spot=spot, key=KEY)
        return Fleet(directory=ground.directory(), places=(place,)).build()

    def assert_end(fleet: Fleet) -> None:
        place = fleet.place("STATE")
        assert place.spot.states() == {KEY: BAD}
        assert place.spot.digests() == {KEY: md5_of(BAD)}
        assert fleet.locks() == {}
        noted = [each for each in fleet.journal() if each["event"] == "digest"]
        assert {each["digest"] for each in noted} == {md5_of(GOOD)}

    return Proof(
        command="states check --with write",
        build=build,
        arguments=lambda _: ("states", "check", "--with", "write"),
        assert_end=assert_end,
        places=("STATE",),
    )


# Moves ----------------------------------------------------------------------------------------------


def moving(ground: Ground, old: Spot, new: Spot, *workspaces: str) -> Fleet:
    """Return a fleet with a state, and the states of its workspaces, that is to be moved."""
    prefixes = {"": "", **{f" ({name})": f"env:/{name}/" for name in workspaces}}
    places = tuple(
        Place(label=f"{label}{words}", spot=spot, key=f"{start}{key}")
        for words, start in prefixes.items()
        for label, spot, key in (("FROM", old, KEY), ("TO", new, NEW_KEY))
    )
    profiles = tuple(
        Profile(name=spot.profile, account=spot.account.id, region=spot.region)
        for spot in (old, new)
        if spot.profile
    )
    fleet = Fleet(directory=ground.directory(), places=places, profiles=profiles).build()
    for each in places:
        if each.label.startswith("FROM"):
            each.spot.write(each.key, body_of(7, each.key))
    if new.bucket != old.bucket:
        neighbour = fleet.repository / NEIGHBOUR_FILE
        neighbour.parent.mkdir()
        neighbour.write_text(new.code("neighbour/terraform.tfstate"), encoding="utf-8")
    return fleet


def assert_moved(fleet: Fleet) -> None:
    """Assert that the bytes are at both places, and that nothing but the old ones is locked."""
    for spot in fleet.spots:
        here = [each for each in fleet.places if each.spot.bucket == spot.bucket]
        bodies = {each.key: body_of(7, old_of(each, fleet).key) for each in here}
        assert spot.states() == bodies
        assert spot.digests() == {key: md5_of(body) for key, body in bodies.items()}
    assert {where: info.info for where, info in fleet.locks().items()} == {
        f"{each.spot.bucket} {kind} {each.key}": TOMBSTONE + path_of(new_of(each, fleet))
        for each in fleet.places
        if each.label.startswith("FROM")
        for kind in ("object", "item")
    }
    assert fleet.names_in_code(fleet.place("TO"))
    assert [each for each in fleet.files() if each != NEIGHBOUR_FILE] == [CODE_FILE]


def path_of(place: Place) -> str:
    return f"{place.spot.bucket}/{place.key}"


def old_of(place: Place, fleet: Fleet) -> Place:
    return fleet.place(place.label.replace("TO", "FROM"))


def new_of(place: Place, fleet: Fleet) -> Place:
    return fleet.place(place.label.replace("FROM", "TO"))


def move_arguments(fleet: Fleet) -> tuple[str, ...]:
    old, new = fleet.place("FROM"), fleet.place("TO")
    return ("states", "move", path_of(old), path_of(new), "--auto-approve")


def move_to_key(ground: Ground) -> Proof:
    """Move a state with its workspace to another key."""

    def build() -> Fleet:
        spot = ground.spot()
        return moving(ground, spot, spot, WORKSPACE)

    return Proof(
        command="states move (key)",
        build=build,
        arguments=move_arguments,
        assert_end=assert_moved,
        places=("FROM", "TO"),
    )


def move_to_region(ground: Ground) -> Proof:
    """Move a state to a bucket in another region."""

    def build() -> Fleet:
        old = ground.spot()
        new = ground.spot(old.account, region=NEW_REGION, name="others")
        return moving(ground, old, new)

    return elsewhere(move_to_key(ground), "region", build)


def move_to_account(ground: Ground) -> Proof:
    """Move a state to another account, which the code reaches by another profile."""

    def build() -> Fleet:
        return moving(ground, ground.spot(profile="old"), ground.spot(profile="new"))

    return elsewhere(move_to_key(ground), "account", build)


def elsewhere(first: Proof, where: str, build: Callable[[], Fleet]) -> Proof:
    """Return the proof of a move that leaves its bucket, which no code names any more when all is done."""
    return replace(
        first,
        command=f"states move ({where})",
        build=build,
        nothing_left=frozenset({"state-unknown"}),
        like=first.command,
    )


# Forgetting -----------------------------------------------------------------------------------------


def forget(ground: Ground) -> Proof:
    """Remove what a move to another key has left."""

    def build() -> Fleet:
        spot = ground.spot()
        fleet = moving(ground, spot, spot, WORKSPACE)
        fleet.write_code(fleet.place("TO"))
        for each in fleet.places:
            if each.label.startswith("FROM"):
                new = new_of(each, fleet)
                new.spot.write(new.key, body_of(7, each.key))
                leave_tombstone(each, new)
        return fleet

    def assert_end(fleet: Fleet) -> None:
        new = [each for each in fleet.places if each.label.startswith("TO")]
        bodies = {each.key: body_of(7, old_of(each, fleet).key) for each in new}
        (spot,) = fleet.spots
        assert spot.states() == bodies
        assert spot.digests() == {key: md5_of(body) for key, body in bodies.items()}
        assert fleet.locks() == {}
        # The bucket keeps what was removed.
        for each in fleet.places:
            if each.label.startswith("FROM"):
                assert spot.versions(each.key) == (body_of(7, each.key),)

    return Proof(
        command="states forget --now",
        build=build,
        arguments=lambda fleet: (
            *("states", "forget", path_of(fleet.place("FROM"))),
            *("--now", "--key", KEY),
        ),
        assert_end=assert_end,
        places=("FROM", "TO"),
        nothing_left=frozenset({"state-not-moved", "state-unknown"}),
    )


def leave_tombstone(old: Place, new: Place) -> None:
    """Leave the lock of a move, in both stores."""
    info = LockInfo(
        identifier=lock_identifier(b"of an old move.."),
        operation="holdfast-move",
        info=TOMBSTONE + path_of(new),
        who="ann@laptop",
        version="0.1.0",
        created="2026-11-20T15:25:33.599739994Z",
        path=path_of(old),
    )
    old.spot.put_object(f"{old.key}.tflock", info.body)
    old.spot.put_item(old.key, Info=info.text)


PROOFS: tuple[Callable[[Ground], Proof], ...] = (
    restore,
    repair,
    move_to_key,
    move_to_region,
    move_to_account,
    forget,
    migrate_local,
)
