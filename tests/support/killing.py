"""Commands of Holdfast that SIGKILL ends after one of their writes to the cloud."""

import subprocess
from collections.abc import Sequence

from tests.support.aws_operations import Request
from tests.support.cloud_writes import is_write
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import DropAfter, Rule
from tests.support.worlds import World, holdfast_command

KILLED = -9


def count_of_writes(proxy: FaultProxy) -> int:
    """Return how many writes came in so far."""
    return sum(is_write(each) for each in proxy.requests())


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
