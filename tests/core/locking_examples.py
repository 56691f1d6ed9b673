"""The plan of a stage, as the tests of its file, its differences and its text begin with it."""

from holdfast.core.backends import Locking
from holdfast.core.locking_plans import (
    LockingFile,
    LockingGroup,
    LockingPlan,
    LockingRoot,
    LockingStage,
    TableRetirement,
)
from holdfast.core.locking_stages import DigestWork

CODE = LockingFile(
    path="network/backend.hcl",
    before="a" * 64,
    after="b" * 64,
    words=("use_lockfile becomes true",),
)
DECLARATION = LockingFile(
    path="holdfast.yaml", before="c" * 64, after="d" * 64, words=("dev: locking becomes both",)
)


def root(path: str = "network", locking: Locking = Locking.LOCKFILE) -> LockingRoot:
    return LockingRoot(
        path=path,
        partial_file=f"{path}/backend.hcl",
        key=f"{path}/terraform.tfstate",
        locking=locking,
    )


def group(*files: LockingFile, digests: DigestWork = DigestWork.CLEAR) -> LockingGroup:
    states = () if digests is DigestWork.KEEP else ("network/terraform.tfstate", "env:/dev/network")
    return LockingGroup(roots=(root(),), files=files or (CODE,), states=states, digests=digests)


def stage(*groups: LockingGroup, locking: Locking = Locking.BOTH) -> LockingStage:
    return LockingStage(
        backend="dev",
        bucket="acme-state",
        region="eu-west-1",
        account="111111111111",
        locking=locking,
        tables=("acme-locks",),
        groups=groups or (group(),),
    )


def plan(
    *stages: LockingStage,
    declaration: LockingFile | None = DECLARATION,
    retirements: tuple[TableRetirement, ...] = (),
) -> LockingPlan:
    return LockingPlan(
        made_at="2026-11-21T14:00:00+00:00",
        holdfast_version="0.1.0",
        goal=Locking.DYNAMODB,
        stages=stages or (stage(),),
        declaration=declaration,
        retirements=retirements,
    )
