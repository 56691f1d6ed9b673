"""One stage in a process of its own, which SIGKILL ends just before one of its changes.

It is forked from a server that has imported everything, which takes a tenth of the time of a new interpreter.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from tests.app.locking.workbench import Workbench
from tests.support.killed_command import is_change

END_SECONDS = 60.0
KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class StageJob:
    """A stage that is done, as a member of an account, until just before the change of this number."""

    workbench: Workbench
    goal: Locking
    keys: tuple[str, ...]
    environment: Mapping[str, str]
    number: int


def run_job(job: StageJob) -> int:
    """Run it in a process of its own, and return the status with which it ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "botocore.session", "boto3", "tree_sitter_hcl"])
    process = context.Process(target=_become, args=(job,))
    process.start()
    process.join(END_SECONDS)
    status = process.exitcode
    process.close()
    assert status is not None
    return status


def _become(job: StageJob) -> None:
    os.environ.update(job.environment)
    watched = str(job.workbench.directory.resolve().parent)
    left = job.number

    def kill(event: str, details: tuple[object, ...]) -> None:
        nonlocal left
        if is_change(event, details, watched):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    with Connections(attempts_max=1) as connections:
        job.workbench.run(job.goal, connections, job.keys, table=job.workbench.table)
