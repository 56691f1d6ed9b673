"""A move that is killed after each of its writes: the same command completes it, and nothing but the old place is locked."""

import shutil
from collections.abc import Sequence

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.fault_proxy import FaultProxy
from tests.support.killing import KILLED, count_of_writes, killed
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
LAYERS = ("01-foundation", "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")


def move(source: str, target: str) -> Sequence[str]:
    return "states", "move", f"{AF_SOUTH.bucket}/{source}", target, "--auto-approve"


def move_all(source: str, target: str) -> Sequence[str]:
    return "states", "move", "--all", f"{source}/*", f"{target}/*", "--auto-approve"


def contents(world: World) -> dict[str, bytes]:
    s3 = world.clients.s3(AF_SOUTH.name)
    listed = s3.list_objects_v2(Bucket=AF_SOUTH.bucket)["Contents"]
    return {
        each["Key"]: s3.get_object(Bucket=AF_SOUTH.bucket, Key=each["Key"])["Body"].read()
        for each in listed
    }


def items(world: World) -> dict[str, str]:
    answer = world.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)
    return {
        each["LockID"]["S"].removeprefix(f"{AF_SOUTH.bucket}/"): each.get("Digest", {}).get("S", "")
        for each in answer["Items"]
    }


def locked(world: World) -> list[str]:
    """Return the keys that have both locks; a key with one of them alone is an error."""
    files = sorted(
        key.removesuffix(".tflock") for key in contents(world) if key.endswith(".tflock")
    )
    assert sorted(key for key in items(world) if not key.endswith("-md5")) == files
    return files


def test_a_killed_move_is_completed_by_running_it_again(two_regions: World) -> None:
    body = contents(two_regions)[KEY]
    digest = items(two_regions)[f"{KEY}-md5"]
    code = two_regions.repository / LAYER / "backend.hcl"
    with FaultProxy(two_regions.sandbox.url) as proxy:
        undisturbed = two_regions.holdfast(*move(KEY, "moved/0"), through=proxy.url)
        assert (undisturbed.status, undisturbed.errors) == (0, "")
        count = count_of_writes(proxy)
        assert count >= 8  # two locks at each place, a state, a digest, and two locks given back
        for writes in range(1, count + 1):
            source, target = f"moved/{writes - 1}", f"moved/{writes}"
            status = killed(two_regions, proxy, move(source, target), writes=writes)
            assert status == KILLED, writes
            done = two_regions.holdfast(*move(source, target))
            assert (done.status, done.errors) == (0, ""), writes
            assert f'"{target}"' in code.read_text(encoding="utf-8")
            objects, found = contents(two_regions), items(two_regions)
            moved = [KEY, *(f"moved/{number}" for number in range(writes + 1))]
            assert [objects[key] for key in moved] == [body] * len(moved)
            assert [found[f"{key}-md5"] for key in moved] == [digest] * len(moved)
            assert locked(two_regions) == sorted(moved[:-1])


def test_killed_moves_by_a_pattern_are_completed_by_running_them_again(two_regions: World) -> None:
    for root in (two_regions.repository / LAYER).parents[1].iterdir():
        if root.name not in LAYERS:
            shutil.rmtree(root)
    for region in (two_regions.repository / LAYER).parents[3].iterdir():
        if region.name != AF_SOUTH.name:
            shutil.rmtree(region)
    names = [layer_key(AF_SOUTH.name, layer).removeprefix("providers/") for layer in LAYERS]
    bodies = {name: contents(two_regions)[f"providers/{name}"] for name in names}
    places = ["providers"]
    with FaultProxy(two_regions.sandbox.url) as proxy:
        again = move_all("providers", "g0")
        undisturbed = two_regions.holdfast(*again, through=proxy.url)
        assert (undisturbed.status, undisturbed.errors) == (0, "")
        count = count_of_writes(proxy)
        assert count >= 16  # two states, as above
        # After every write of one move it is looked at above; here after some of each of the two.
        for number, writes in enumerate(range(2, count + 1, 5)):
            places.append(f"g{number}")
            again = move_all(places[-1], f"g{number + 1}")
            assert killed(two_regions, proxy, again, writes=writes) == KILLED, writes
            done = two_regions.holdfast(*again)
            assert (done.status, done.errors) == (0, ""), writes
            objects, digests = contents(two_regions), items(two_regions)
            for name in names:
                keys = [f"{place}/{name}" for place in (*places, f"g{number + 1}")]
                assert [objects[key] for key in keys] == [bodies[name]] * len(keys), writes
                assert len({digests[f"{key}-md5"] for key in keys}) == 1, writes
            assert locked(two_regions) == sorted(
                f"{place}/{name}" for place in places for name in names
            )
            for layer, name in zip(LAYERS, names, strict=True):
                code = two_regions.repository / layer_directory(AF_SOUTH.name, layer)
                text = (code / "backend.hcl").read_text(encoding="utf-8")
                assert f'"g{number + 1}/{name}"' in text
        nothing = two_regions.holdfast(*again)
        assert (nothing.status, nothing.errors) == (0, "")
