"""Every single read refused in turn, and throttled in turn: exactly that fact is withheld, nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from holdfast.app.observe import observe_backends
from holdfast.aws.connections import Connections
from holdfast.core.backends import Backend
from holdfast.core.cloud import Bucket, EncryptionKey, ObservedBackend, ObservedTable, Table
from holdfast.core.facts import Fact, Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to, backend_of, use_credentials

Change = Callable[[ObservedBackend, Withheld], ObservedBackend]


def bucket_of(observed: ObservedBackend) -> Bucket:
    assert isinstance(observed.bucket, Known)
    assert isinstance(observed.bucket.value, Bucket)
    return observed.bucket.value


def table_of(observed: ObservedBackend) -> Table:
    presence = observed.tables[0].presence
    assert isinstance(presence, Known)
    assert isinstance(presence.value, Table)
    return presence.value


def key_of(observed: ObservedBackend) -> EncryptionKey:
    key = bucket_of(observed).key
    assert isinstance(key, Known)
    assert key.value is not None
    return key.value


def with_bucket(observed: ObservedBackend, bucket: Bucket) -> ObservedBackend:
    return replace(observed, bucket=Known(bucket))


def with_table(observed: ObservedBackend, table: Table) -> ObservedBackend:
    return replace(observed, tables=(ObservedTable(name="locks", presence=Known(table)),))


def setting(change: Callable[[Bucket, Withheld], Bucket]) -> Change:
    return lambda observed, fact: with_bucket(observed, change(bucket_of(observed), fact))


def column(change: Callable[[Table, Withheld], Table]) -> Change:
    return lambda observed, fact: with_table(observed, change(table_of(observed), fact))


# Each call, the IAM action that it needs, and what of the observation is then not known.
READS: dict[str, tuple[str, Change]] = {
    "sts:GetCallerIdentity": (
        "sts:GetCallerIdentity",
        lambda observed, fact: replace(observed, caller=fact),
    ),
    "s3:ListObjectsV2": (
        "s3:ListBucket",
        lambda observed, fact: replace(observed, states_present=fact),
    ),
    "s3:GetBucketVersioning": (
        "s3:GetBucketVersioning",
        setting(lambda bucket, fact: replace(bucket, versioning=fact)),
    ),
    "s3:GetBucketEncryption": (
        "s3:GetEncryptionConfiguration",
        setting(lambda bucket, fact: replace(bucket, encryption=fact, key=fact)),
    ),
    "s3:GetPublicAccessBlock": (
        "s3:GetBucketPublicAccessBlock",
        setting(lambda bucket, fact: replace(bucket, public_access_block=fact)),
    ),
    "s3:GetBucketPolicy": (
        "s3:GetBucketPolicy",
        setting(lambda bucket, fact: replace(bucket, policy=fact)),
    ),
    "s3:GetBucketPolicyStatus": (
        "s3:GetBucketPolicyStatus",
        setting(lambda bucket, fact: replace(bucket, policy_public=fact)),
    ),
    "s3:GetBucketAcl": (
        "s3:GetBucketAcl",
        setting(lambda bucket, fact: replace(bucket, public_grants=fact)),
    ),
    "s3:GetBucketOwnershipControls": (
        "s3:GetBucketOwnershipControls",
        setting(lambda bucket, fact: replace(bucket, ownership=fact)),
    ),
    "s3:GetBucketLifecycleConfiguration": (
        "s3:GetLifecycleConfiguration",
        setting(lambda bucket, fact: replace(bucket, lifecycle=fact)),
    ),
    "s3:GetBucketLogging": (
        "s3:GetBucketLogging",
        setting(lambda bucket, fact: replace(bucket, logging=fact)),
    ),
    "s3:GetObjectLockConfiguration": (
        "s3:GetBucketObjectLockConfiguration",
        setting(lambda bucket, fact: replace(bucket, object_lock=fact)),
    ),
    "s3:GetBucketReplication": (
        "s3:GetReplicationConfiguration",
        setting(lambda bucket, fact: replace(bucket, replication=fact)),
    ),
    "s3:GetBucketTagging": (
        "s3:GetBucketTagging",
        setting(lambda bucket, fact: replace(bucket, tags=fact)),
    ),
    "kms:DescribeKey": (
        "kms:DescribeKey",
        setting(lambda bucket, fact: replace(bucket, key=fact)),
    ),
    "kms:GetKeyRotationStatus": (
        "kms:GetKeyRotationStatus",
        lambda observed, fact: with_bucket(
            observed,
            replace(bucket_of(observed), key=Known(replace(key_of(observed), rotation=fact))),
        ),
    ),
    "dynamodb:DescribeTable": (
        "dynamodb:DescribeTable",
        lambda observed, fact: replace(
            observed, tables=(ObservedTable(name="locks", presence=fact),)
        ),
    ),
    "dynamodb:DescribeContinuousBackups": (
        "dynamodb:DescribeContinuousBackups",
        column(lambda table, fact: replace(table, point_in_time_recovery=fact)),
    ),
    "dynamodb:DescribeTimeToLive": (
        "dynamodb:DescribeTimeToLive",
        column(lambda table, fact: replace(table, time_to_live=fact)),
    ),
    "dynamodb:GetResourcePolicy": (
        "dynamodb:GetResourcePolicy",
        column(lambda table, fact: replace(table, policy=fact)),
    ),
    "dynamodb:ListTagsOfResource": (
        "dynamodb:ListTagsOfResource",
        column(lambda table, fact: replace(table, tags=fact)),
    ),
}

# These two are answered in ways of their own, below and in test_credentials.
OTHERS = {"s3:HeadBucket", "iam:ListAccountAliases"}


@pytest.fixture
def backend(
    account: FreshAccount, fault_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> Backend:
    """A backend whose bucket is encrypted with a customer's key, so that every read there is happens."""
    use_credentials(monkeypatch, account.id)
    bucket = account.clients.create_bucket(account.name("denied"))
    account.clients.create_lock_table("locks")
    with Connections() as connections:
        kms = connections.kms(access_to(account.sandbox.url), "us-east-1")
        key = kms.create_key()["KeyMetadata"]
    account.clients.s3().put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key.get("Arn", ""),
                    }
                }
            ]
        },
    )
    return backend_of(
        bucket=bucket,
        table="locks",
        keys=("a/terraform.tfstate",),
        access=access_to(fault_proxy.url),
    )


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


def observed_once(backend: Backend, connections: Connections) -> ObservedBackend:
    (observed,) = observe_backends([backend], connections=connections)
    return replace(observed, requests=0)


def code_of(operation: str, *, json: str, xml: str) -> tuple[str, int]:
    """Return an error code as the operation's service spells it, and the status it comes with."""
    return (json, 400) if operation.startswith(("dynamodb:", "kms:")) else (xml, 403)


def test_the_table_of_reads_has_every_read_that_is_made(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    observed_once(backend, connections)

    assert set(fault_proxy.counts()) == {*READS, *OTHERS}


def test_a_refused_read_withholds_its_own_fact_with_the_permission_and_no_other(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    healthy = observed_once(backend, connections)
    assert "Withheld" not in repr(healthy)

    for operation, (permission, change) in READS.items():
        code, status = code_of(operation, json="AccessDeniedException", xml="AccessDenied")
        fault_proxy.allow_all()
        fault_proxy.add(
            Rule(
                action=Refuse(code=code, status=status, message="Access Denied"),
                operation=operation,
            )
        )
        refused = Withheld(
            reason=Reason.PERMISSION, permission=permission, detail=f"{code}: Access Denied"
        )
        assert observed_once(backend, connections) == change(healthy, refused), operation


def test_a_throttled_read_withholds_its_own_fact_and_names_no_permission(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    healthy = observed_once(backend, connections)

    for operation, (_, change) in READS.items():
        code, _ = code_of(operation, json="ThrottlingException", xml="SlowDown")
        fault_proxy.allow_all()
        fault_proxy.add(
            Rule(action=Refuse(code=code, status=503, message="slower"), operation=operation)
        )
        throttled = Withheld(reason=Reason.THROTTLED, detail=f"{code}: slower")
        assert observed_once(backend, connections) == change(healthy, throttled), operation


def test_a_refused_head_bucket_withholds_the_region_alone(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    healthy = observed_once(backend, connections)
    fault_proxy.add(Rule(action=Refuse(code="AccessDenied", status=403), operation="s3:HeadBucket"))
    refused: Fact[str] = Withheld(
        reason=Reason.PERMISSION, permission="s3:ListBucket", detail="403: Forbidden"
    )

    assert observed_once(backend, connections) == with_bucket(
        healthy, replace(bucket_of(healthy), region=refused)
    )


def test_a_throttled_head_bucket_leaves_the_bucket_unknown(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    healthy = observed_once(backend, connections)
    fault_proxy.add(Rule(action=Refuse(code="SlowDown", status=503), operation="s3:HeadBucket"))
    throttled = Withheld(reason=Reason.THROTTLED, detail="503: Service Unavailable")

    assert observed_once(backend, connections) == replace(
        healthy, bucket=throttled, states_present=throttled
    )


def test_everything_refused_is_unknown_throughout(
    backend: Backend, connections: Connections, fault_proxy: FaultProxy
) -> None:
    fault_proxy.add(Rule(action=Refuse(code="AccessDenied", status=403, message="Access Denied")))

    observed = observed_once(backend, connections)

    assert [
        fact.permission
        for fact in (observed.bucket, observed.tables[0].presence, observed.states_present)
        if isinstance(fact, Withheld)
    ] == ["s3:ListBucket", "dynamodb:DescribeTable", "s3:ListBucket"]
