"""A move that is killed after each of its writes: the same command completes it, and nothing but the old place is locked."""

import subprocess
from collections.abc import Sequence

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.aws_operations import Request
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, Rule
from tests.support.worlds import World, holdfast_command

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")
WRITES = frozenset({"s3:PutObject", "s3:DeleteObject", "dynamodb:PutItem", "dynamodb:DeleteItem"})
KILLED = -9


def is_write(request: Request) -> bool:
    return request.operation in WRITES


def move(source: str, target: str) -> Sequence[str]:
    return "states", "move", f"{AF_SOUTH.bucket}/{source}", target, "--auto-approve"


def killed(world: World, proxy: FaultProxy, arguments: Sequence[str], *, writes: int) -> int:
    """Run a command that SIGKILL ends when the server has done so many of its writes; return its status."""
    seen: list[Request] = []
    children: list[subprocess.Popen[bytes]] = []

    def kill(request: Request) -> bool:
        if not is_write(request):
            return False
        seen.append(request)
        if len(seen) != writes:
            return False
        children[0].kill()
        children[0].wait()
        return True

    proxy.add(Rule(action=DropAfter(), when=kill))
    with subprocess.Popen(
        holdfast_command(*arguments),
        cwd=world.repository,
        env=dict(world.environment(through=proxy.url)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        children.append(child)
        status = child.wait()
    proxy.allow_all()
    return status


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


def test_a_killed_move_is_completed_by_running_it_again(two_regions: World) -> None:
    body = contents(two_regions)[KEY]
    digest = items(two_regions)[f"{KEY}-md5"]
    code = two_regions.repository / LAYER / "backend.hcl"
    with FaultProxy(two_regions.sandbox.url) as proxy:
        undisturbed = two_regions.holdfast(*move(KEY, "moved/0"), through=proxy.url)
        assert (undisturbed.status, undisturbed.errors) == (0, "")
        count = sum(is_write(each) for each in proxy.requests())
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
            locked = sorted(moved[:-1])
            lock_files = [key.removesuffix(".tflock") for key in objects if key.endswith(".tflock")]
            assert sorted(lock_files) == locked
            assert sorted(key for key in found if not key.endswith("-md5")) == locked
