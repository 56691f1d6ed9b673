"""The preflight on the embedded AWS: everything right, each read denied in turn, and what it leaves behind."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from holdfast.app.fleet import read_cloud
from holdfast.app.locking_evidence import read_evidence
from holdfast.app.locking_preflight import PreflightRequest, preflight
from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.engines import Engine, EngineName, Version
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import CheckOutcome, Checks
from holdfast.core.repository import EnginePin
from holdfast.core.source import SourceSpan
from holdfast.errors import RoleArnError
from holdfast.rules import all_rules
from tests.core.configurations import simple
from tests.core.locking_worlds import open_checks, proof_of
from tests.rules.fleets import fleet
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import KEY, REGION, Site

PASSED, REFUSED, UNKNOWN = CheckOutcome.PASSED, CheckOutcome.REFUSED, CheckOutcome.UNKNOWN
NEW = EnginePin(
    engine=Engine(EngineName.TERRAFORM, Version(1, 11, 4)),
    statement="1.11.4",
    span=SourceSpan(".terraform-version", 1),
    exact=True,
)
LOCK_TEXT = (
    '{"ID":"9db590f1-b6fe-c5f2-2678-8804f089deba","Operation":"OperationTypeApply","Info":"",'
    '"Who":"ann@laptop","Version":"1.11.4","Created":"2026-11-20T15:25:33Z","Path":"b/k"}'
)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


def code_at(
    place: Site, access: Access | None = None, pins: tuple[EnginePin, ...] = (NEW,)
) -> Fleet:
    """Return the fleet of one root with the table alone, which is in the bucket of the place."""
    root = simple(KEY, bucket=place.bucket, region=REGION, dynamodb_table=place.table, encrypt=True)
    code = fleet(replace(root, pins=pins))
    (backend,) = code.backends
    reached: Backend = replace(backend, access=access or place.access)
    return replace(code, backends=(reached,))


def flown(
    place: Site,
    *,
    roles: tuple[str, ...] = (),
    goal: Locking = Locking.BOTH,
    probed: bool = True,
    access: Access | None = None,
    pins: tuple[EnginePin, ...] = (NEW,),
) -> Checks:
    seen = read_cloud(code_at(place, access, pins), connections=place.connections)
    (backend,) = seen.backends
    evidence = read_evidence([backend], connections=place.connections, now=datetime.now(tz=UTC))
    request = PreflightRequest(
        goal=goal,
        rules=all_rules(),
        connections=place.connections,
        roles=roles,
        identity=place.identity if probed else None,
    )
    return preflight(seen, backend, evidence, request)


def test_a_sound_backend_lacks_only_somebody_to_ask_about(place: Site) -> None:
    checks = flown(place)
    assert open_checks(checks) == {"role-not-checked": UNKNOWN}
    assert checks.blocking({"role-not-checked"}) == ()
    assert place.is_empty()  # the scratch lock of the probe is gone


def test_a_role_is_judged_as_it_will_lock(place: Site) -> None:
    iam = place.account.clients.iam()
    statement = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": "*",
    }
    role = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(
        RoleName="ci",
        PolicyName="states",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    checks = flown(place, roles=(role["Role"]["Arn"],))
    assert open_checks(checks)["role-cannot-lock"] is REFUSED
    lines = " ".join(proof_of(checks, "role-cannot-lock"))
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert f"{action} on arn:aws:s3:::{place.bucket}/{KEY}.tflock" in lines


def test_a_role_that_is_not_there_is_unknown_and_what_is_no_role_is_a_mistake(place: Site) -> None:
    absent = f"arn:aws:iam::{place.account.id}:role/nobody"
    checks = flown(place, roles=(absent,))
    assert proof_of(checks, "role-not-checked") == [f"`{absent}`: there is no role `{absent}`"]
    with pytest.raises(RoleArnError):
        flown(place, roles=("nobody",))


def test_a_deny_for_deleting_lock_files_is_refused_before_it_is_met(place: Site) -> None:
    deny = {
        "Sid": "NoDelete",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{place.bucket}/*.tflock",
    }
    place.account.clients.s3().put_bucket_policy(
        Bucket=place.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    checks = flown(place, probed=False)
    assert open_checks(checks) == {
        "bucket-policy-breaks-locking": REFUSED,
        "role-not-checked": UNKNOWN,
        "store-not-proven": UNKNOWN,
    }


def test_locks_in_every_table_are_seen(place: Site) -> None:
    place.put_item(f"{place.bucket}/{KEY}", LOCK_TEXT)
    place.put_item(f"{place.bucket}/old/terraform.tfstate", LOCK_TEXT)
    checks = flown(place)
    assert open_checks(checks)["lock-active"] is UNKNOWN
    assert len(proof_of(checks, "lock-active")) == 2


def test_the_engine_that_wrote_last_is_read_from_the_state(place: Site) -> None:
    state = {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 1,
        "lineage": "l",
        "outputs": {},
        "resources": [],
    }
    place.put_object(KEY, json.dumps(state).encode())
    checks = flown(place, pins=())
    assert open_checks(checks)["writer-too-old"] is UNKNOWN
    assert proof_of(checks, "writer-too-old") == [f"`{KEY}` was last written by 1.9.8"]


@pytest.mark.parametrize(
    ("denied", "unknown"),
    [
        ("s3:GetBucketPolicy", {"bucket-policy-breaks-locking"}),
        ("s3:GetBucketVersioning", {"bucket-versioning-off"}),
        ("s3:GetObjectLockConfiguration", {"bucket-object-lock-compliance"}),
        ("s3:GetBucketEncryption", {"bucket-key-unhealthy"}),
        ("s3:ListObjectVersions", {"evidence-unreadable"}),
        ("dynamodb:Scan", {"evidence-unreadable"}),
        ("s3:PutObject", {"store-not-proven"}),
        ("dynamodb:PutItem", {"store-not-proven"}),
    ],
)
def test_what_is_denied_is_unknown_and_never_passed(
    faulty_place: Site, fault_proxy: FaultProxy, denied: str, unknown: set[str]
) -> None:
    fault_proxy.deny(denied)
    checks = flown(faulty_place)
    assert {each.slug for each in checks.unknown} >= {"role-not-checked", *unknown}
    assert checks.refused == ()
    assert faulty_place.is_empty()


def test_without_the_cloud_nothing_of_it_is_passed(place: Site) -> None:
    code = code_at(place)
    (backend,) = code.backends
    evidence = read_evidence([backend], connections=place.connections, now=datetime.now(tz=UTC))
    request = PreflightRequest(goal=Locking.BOTH, rules=all_rules(), connections=place.connections)
    checks = preflight(code, backend, evidence, request)
    assert {each.slug for each in checks.unknown} >= {
        "bucket-policy-breaks-locking",
        "bucket-key-unhealthy",
        "bucket-versioning-off",
        "bucket-object-lock-compliance",
        "role-not-checked",
        "store-not-proven",
    }
