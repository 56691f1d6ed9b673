"""Locks on one state of the two-region fleet: put there as an engine would, and looked at without our own code."""

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, layer_directory, layer_key
from tests.support.worlds import World

LAYER = "02-platform"
KEY = layer_key(AF_SOUTH.name, LAYER)
ROOT = layer_directory(AF_SOUTH.name, LAYER)
PATH = f"{AF_SOUTH.bucket}/{KEY}"
ANN = "9db590f1-b6fe-c5f2-2678-8804f089deba"
BEN = "41c2aa07-5d0e-1f3b-90a4-3b8e6f5d2c11"
EMPTY_HASH = "sha256:e3b0c44298fc"


def lock_text(identifier: str, who: str = "ann@ci-runner-7") -> str:
    return (
        f'{{"ID":"{identifier}","Operation":"OperationTypeApply","Info":"","Who":"{who}",'
        f'"Version":"1.11.4","Created":"2026-11-20T14:02:11Z","Path":"{PATH}"}}'
    )


def put_item(world: World, identifier: str) -> None:
    world.clients.dynamodb(AF_SOUTH.name).put_item(
        TableName=AF_SOUTH.table,
        Item={"LockID": {"S": PATH}, "Info": {"S": lock_text(identifier)}},
    )


def remove_item(world: World) -> None:
    world.clients.dynamodb(AF_SOUTH.name).delete_item(
        TableName=AF_SOUTH.table, Key={"LockID": {"S": PATH}}
    )


def put_file(world: World, body: str) -> None:
    world.clients.s3(AF_SOUTH.name).put_object(
        Bucket=AF_SOUTH.bucket, Key=f"{KEY}.tflock", Body=body.encode()
    )


def kinds_left(world: World) -> list[str]:
    """Return which locks of the state are there, by a look of the test's own."""
    listed = world.clients.s3(AF_SOUTH.name).list_objects_v2(Bucket=AF_SOUTH.bucket, Prefix=KEY)
    item = world.clients.dynamodb(AF_SOUTH.name).get_item(
        TableName=AF_SOUTH.table, Key={"LockID": {"S": PATH}}
    )
    files = [found["Key"] for found in listed.get("Contents", [])]
    return [
        *(["lockfile"] if f"{KEY}.tflock" in files else []),
        *(["dynamodb"] if "Item" in item else []),
    ]
