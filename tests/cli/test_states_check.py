"""`holdfast states check` in front of a table that serves others as well."""

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.support.worlds import World

FOREIGN = "somebody-elses-bucket/network/terraform.tfstate-md5"


def test_a_digest_of_a_foreign_bucket_is_told_and_never_repaired(
    own_fleet: World, cli: CommandLine
) -> None:
    cli.join(own_fleet)
    table = own_fleet.clients.dynamodb(AF_SOUTH.name)
    item = {"LockID": {"S": FOREIGN}, "Digest": {"S": "0" * 32}}
    table.put_item(TableName=AF_SOUTH.table, Item=item)
    found = cli("states", "check", "--backend", AF_SOUTH.bucket, "--with", "remove")
    assert found.status == 0, found.output
    assert found.output.endswith(
        "foreign bucket  somebody-elses-bucket\n"
        f"  in       table `{AF_SOUTH.table}`\n"
        "  digests  1\n"
        "  so       whose states they are of is not known here, and they are left alone\n"
        "9 states: 9 right, 1 of foreign buckets\n"
    )
    left = table.get_item(TableName=AF_SOUTH.table, Key={"LockID": {"S": FOREIGN}})
    assert left["Item"] == item
