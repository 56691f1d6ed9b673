"""Every single read denied in turn: what needed it is unknown, and nothing passes for good or for missing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from holdfast.core.findings import Severity
from holdfast.core.verdicts import VERDICT_SEVERITY
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.support.clients import DIRECT, SESSION
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule, access_denied
from tests.support.worlds import APPLY_ALL_STEPS, World, running_world

# Reads that no rule needs: they are shown, or decide what a step does.
FOR_INFORMATION = {
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
    "iam:ListAccountAliases",
    "s3:GetBucketReplication",
    "s3:GetBucketTagging",
    "s3:ListObjectsV2",
    "sts:GetCallerIdentity",
}


@dataclass(frozen=True, slots=True)
class Healthy:
    """A fleet with nothing wrong, seen through a proxy, and what its audit says and asks."""

    world: World
    proxy: FaultProxy


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Healthy]:
    with (
        running_world("two-regions", tmp_path_factory.mktemp("healthy")) as world,
        FaultProxy(world.sandbox.url) as proxy,
    ):
        encrypt_with_key(world)
        applied = world.holdfast(*APPLY_ALL_STEPS)
        assert applied.status == 0, applied.errors
        yield Healthy(world, proxy)


def encrypt_with_key(world: World) -> None:
    """Give one bucket a key of its own, so that the key is read as well."""
    kms = SESSION.client(
        "kms",
        endpoint_url=world.sandbox.url,
        region_name=AF_SOUTH.name,
        aws_access_key_id=world.scenario.account,
        aws_secret_access_key="test",
        config=DIRECT,
    )
    key = kms.create_key()["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    world.clients.s3(AF_SOUTH.name).put_bucket_encryption(
        Bucket=AF_SOUTH.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key["Arn"],
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )


def audit_of(
    cli: CommandLine, healthy: Healthy, *denied: str
) -> Mapping[str, list[dict[str, str]]]:
    """Audit with some operations denied; the exit code must fit what is said."""
    healthy.proxy.allow_all()
    healthy.proxy.forget()
    for operation in denied:
        deny(healthy.proxy, operation)
    cli.join(healthy.world, through=healthy.proxy.url)
    done = cli("audit", "--format", "json", "--strict")
    assert done.errors == ""
    document: Mapping[str, list[dict[str, str]]] = json.loads(done.output)
    assert done.status == (6 if document["unknown"] else 0)
    return document


def deny(proxy: FaultProxy, operation: str) -> None:
    """Refuse an operation; IAM's words name the action, which is not always called as the operation is."""
    action = access_denied(PERMISSIONS.get(operation, operation))
    proxy.add(Rule(operation=operation, action=action))


def verdicts(document: Mapping[str, list[dict[str, str]]]) -> dict[str, str]:
    return {backend["bucket"]: backend["verdict"] for backend in document["backends"]}


def test_the_fleet_has_nothing_wrong_and_nothing_unknown(
    cli: CommandLine, healthy: Healthy
) -> None:
    document = audit_of(cli, healthy)
    assert set(verdicts(document).values()) == {"GOOD"}
    assert document["unknown"] == []
    # The table below has every read of an audit, and no other.
    assert set(healthy.proxy.counts()) == set(PERMISSIONS) | FOR_INFORMATION


# operation → the permission that a report has to name (Service Authorization Reference)
PERMISSIONS = {
    "dynamodb:DescribeContinuousBackups": "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable": "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive": "dynamodb:DescribeTimeToLive",
    "kms:DescribeKey": "kms:DescribeKey",
    "kms:GetKeyRotationStatus": "kms:GetKeyRotationStatus",
    "s3:GetBucketAcl": "s3:GetBucketAcl",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketLogging": "s3:GetBucketLogging",
    "s3:GetBucketOwnershipControls": "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy": "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus": "s3:GetBucketPolicyStatus",
    "s3:GetBucketVersioning": "s3:GetBucketVersioning",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
}


@pytest.mark.parametrize("operation", PERMISSIONS)
def test_a_read_that_is_denied_makes_unknown_what_needs_it(
    cli: CommandLine, healthy: Healthy, operation: str
) -> None:
    before = audit_of(cli, healthy)
    document = audit_of(cli, healthy, operation)
    assert healthy.proxy.counts()[operation]
    # Denied is never "missing" and never "off": there are no new findings.
    assert [each for each in document["findings"] if each not in before["findings"]] == []
    told = {(each["reason"], each["permission"]) for each in document["unknown"]}
    assert told == {("permission", PERMISSIONS[operation])}
    # What is unknown and would decide the verdict leaves no GOOD.
    deciding = {
        each["backend"]
        for each in document["unknown"]
        if Severity[each["severity"].upper()] >= VERDICT_SEVERITY
    }
    for bucket, verdict in verdicts(document).items():
        assert verdict == ("UNKNOWN" if bucket in deciding else "GOOD")


@pytest.mark.parametrize("operation", sorted(FOR_INFORMATION))
def test_a_read_for_information_is_missed_by_no_rule(
    cli: CommandLine, healthy: Healthy, operation: str
) -> None:
    before = audit_of(cli, healthy)
    assert audit_of(cli, healthy, operation) == before


@pytest.mark.parametrize(
    "operation", ["s3:HeadBucket", "dynamodb:DescribeTable", "s3:GetBucketPolicy"]
)
def test_the_text_names_the_permission_and_what_was_not_judged(
    cli: CommandLine, healthy: Healthy, operation: str
) -> None:
    healthy.proxy.allow_all()
    deny(healthy.proxy, operation)
    cli.join(healthy.world, through=healthy.proxy.url)
    for form in ("text", "markdown"):
        done = cli("audit", "--format", form)
        assert (done.status, done.errors) == (0, "")
        assert f"permission `{PERMISSIONS[operation]}` is missing" in done.output
        assert "not judged: " in done.output
        assert "0 unknown" not in done.output.splitlines()[-1]
