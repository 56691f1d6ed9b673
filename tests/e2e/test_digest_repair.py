"""Each kind of wrong digest with real Terraform: what it refuses before, and that it works after the repair."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.real_terraform import Terraform
from tests.support.worlds import World

LAYER = layer_directory(AF_SOUTH.name, "02-platform")
KEY = layer_key(AF_SOUTH.name, "02-platform")
INIT = ("init", "-input=false", "-backend-config=backend.hcl")
PLAN = ("plan", "-input=false", "-no-color", "-detailed-exitcode", "-lock=false")
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")
REFUSED = "does not have the expected content"
NOTHING_TO_DO, CHANGES = 0, 2
STRANGE = "0" * 32


def put_digest(world: World, text: str) -> None:
    world.clients.dynamodb(AF_SOUTH.name).put_item(
        TableName=AF_SOUTH.table,
        Item={"LockID": {"S": f"{AF_SOUTH.bucket}/{KEY}-md5"}, "Digest": {"S": text}},
    )


def digest(world: World) -> str:
    answer = world.clients.dynamodb(AF_SOUTH.name).get_item(
        TableName=AF_SOUTH.table, Key={"LockID": {"S": f"{AF_SOUTH.bucket}/{KEY}-md5"}}
    )
    return answer["Item"]["Digest"]["S"] if "Item" in answer else ""


def delete_state(world: World, *, with_versions: bool) -> None:
    s3 = world.clients.s3(AF_SOUTH.name)
    s3.delete_object(Bucket=AF_SOUTH.bucket, Key=KEY)
    if not with_versions:
        return
    found = s3.list_object_versions(Bucket=AF_SOUTH.bucket, Prefix=KEY)
    for each in (*found.get("Versions", []), *found.get("DeleteMarkers", [])):
        if each["Key"] == KEY:
            s3.delete_object(Bucket=AF_SOUTH.bucket, Key=KEY, VersionId=each["VersionId"])


# What was done to the state and its digest ------------------------------------------------------------


def stale_and_names_a_version(world: World) -> None:
    before = digest(world)
    s3 = world.clients.s3(AF_SOUTH.name)
    body = s3.get_object(Bucket=AF_SOUTH.bucket, Key=KEY)["Body"].read()
    # As an engine that uses the lock file alone writes: another serial, and no digest.
    serial = next(line for line in body.splitlines() if b'"serial"' in line)
    s3.put_object(Bucket=AF_SOUTH.bucket, Key=KEY, Body=body.replace(serial, b'  "serial": 90,', 1))
    assert digest(world) == before


def stale_and_names_nothing(world: World) -> None:
    put_digest(world, STRANGE)


def state_missing(world: World) -> None:
    delete_state(world, with_versions=False)


def digest_without_state(world: World) -> None:
    delete_state(world, with_versions=True)


def invalid(world: World) -> None:
    put_digest(world, "not a digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: how it comes about, its verdict, the answer that repairs it, and what a plan finds afterwards."""

    make: Callable[[World], None]
    verdict: str
    answer: str
    afterwards: int
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.make.__name__}-{self.answer}"


KINDS = [
    Kind(make=stale_and_names_a_version, verdict="stale", answer="write", afterwards=NOTHING_TO_DO),
    Kind(
        make=stale_and_names_a_version, verdict="stale", answer="restore", afterwards=NOTHING_TO_DO
    ),
    Kind(make=stale_and_names_nothing, verdict="stale", answer="write", afterwards=NOTHING_TO_DO),
    Kind(make=state_missing, verdict="state missing", answer="restore", afterwards=NOTHING_TO_DO),
    Kind(make=digest_without_state, verdict="state missing", answer="remove", afterwards=CHANGES),
    # The engines do not look at what is no digest.
    Kind(make=invalid, verdict="invalid", answer="write", afterwards=NOTHING_TO_DO, blocks=False),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_engine_is_refused_before_the_repair_and_works_after_it(
    two_regions: World, kind: Kind
) -> None:
    engine = two_regions.terraform(LAYER)
    engine.succeed(*INIT)
    engine.succeed(*APPLY)
    kind.make(two_regions)

    before = engine.run(*PLAN)
    assert (REFUSED in before.errors) == kind.blocks
    assert (before.status == 1) == kind.blocks
    assert_init(engine, refused=kind.blocks)

    checked = two_regions.holdfast("states", "check")
    assert checked.status == 3
    assert f"{kind.verdict}  {AF_SOUTH.bucket}/{KEY}" in checked.output
    repaired = two_regions.holdfast("states", "check", "--with", kind.answer)
    assert (repaired.status, repaired.errors) == (0, "")

    assert_init(engine, refused=False)
    assert engine.run(*PLAN).status == kind.afterwards
    assert two_regions.holdfast("states", "check").status == 0


def assert_init(engine: Terraform, *, refused: bool) -> None:
    done = engine.run(*INIT, "-reconfigure")
    assert (done.status == 1) == refused, done
    assert (REFUSED in done.errors) == refused, done
