from collections.abc import Mapping

import pytest

from holdfast.core.backends import Backend, Locking
from holdfast.core.baseline import noncurrent_lifecycle_rule
from holdfast.core.cloud import Versioning, VersioningStatus
from holdfast.core.facts import Known
from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.core.steps import AddLifecycleRules
from holdfast.rules.lockfile_versions_unbounded import OF_TAGS, lockfile_versions_unbounded
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KEY,
    REGION,
    backend,
    healthy_bucket,
    hits,
    lifecycle,
    observed,
    unknown,
    use,
)

LOCK_FILE = use(locking=Locking.LOCKFILE, table=None)
BOUND = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
STEP = AddLifecycleRules(bucket=BUCKET, region=REGION, rules=(noncurrent_lifecycle_rule(),))


def locked_by_file(**changes: object) -> Backend:
    settings = {"uses": (LOCK_FILE,), "tables": (), "locking": Locking.LOCKFILE, **changes}
    return backend(**settings)


def rule_for(**chosen: object) -> Mapping[str, object]:
    return {"ID": "x", "Status": "Enabled", "Filter": chosen, **BOUND}


def test_a_rule_for_everything_reaches_the_lock_files() -> None:
    assert hits(lockfile_versions_unbounded, observed(locked_by_file(), tables=())) == ()


def test_a_backend_without_lock_files_is_fine() -> None:
    bucket = healthy_bucket(lifecycle=Known(()))
    assert hits(lockfile_versions_unbounded, observed(bucket=bucket)) == ()


@pytest.mark.parametrize("status", [VersioningStatus.OFF, VersioningStatus.SUSPENDED])
def test_without_versioning_nothing_piles_up(status: VersioningStatus) -> None:
    bucket = healthy_bucket(lifecycle=Known(()), versioning=Known(Versioning(status=status)))
    of = observed(locked_by_file(), bucket=bucket, tables=())
    assert hits(lockfile_versions_unbounded, of) == ()


@pytest.mark.parametrize("locking", [Locking.LOCKFILE, Locking.BOTH])
def test_lock_files_without_a_rule_get_that_of_the_baseline(locking: Locking) -> None:
    bucket = healthy_bucket(lifecycle=Known(()))
    of = locked_by_file(uses=(use(locking=locking), use(key="other", root_path="other")))
    assert hits(lockfile_versions_unbounded, observed(of, bucket=bucket, tables=())) == (
        Hit(
            message=f"old versions of lock files in `{BUCKET}` are never removed",
            evidence=(
                Evidence(label="GetBucketLifecycleConfiguration", text="no rules"),
                Evidence(
                    label="lock file",
                    text=f"`network`: `{KEY}.tflock`",
                    span=SourceSpan("network/backend.tf", 4, 5),
                ),
            ),
            fix=(STEP,),
            backend=BUCKET,
        ),
    )


def test_a_backend_that_is_declared_alone_has_the_finding_too() -> None:
    bucket = healthy_bucket(lifecycle=Known(()))
    of = observed(locked_by_file(uses=()), bucket=bucket, tables=())
    (hit,) = hits(lockfile_versions_unbounded, of)
    assert (len(hit.evidence), hit.fix) == (1, (STEP,))


@pytest.mark.parametrize(
    "chosen",
    [
        {"Prefix": "network/"},
        {"ObjectSizeLessThan": 8192},
        {"And": {"Prefix": "network/", "ObjectSizeGreaterThan": 1}},
    ],
    ids=["prefix", "small", "both"],
)
def test_a_rule_for_a_part_is_enough_where_the_lock_files_are_in_it(
    chosen: Mapping[str, object],
) -> None:
    bucket = healthy_bucket(lifecycle=lifecycle(rule_for(**chosen)))
    of = observed(locked_by_file(), bucket=bucket, tables=())
    assert hits(lockfile_versions_unbounded, of) == ()


@pytest.mark.parametrize(
    "chosen",
    [{"Prefix": "env:/"}, {"ObjectSizeGreaterThan": 100_000}, {"ObjectSizeLessThan": 200}],
    ids=["elsewhere", "large", "too small"],
)
def test_a_rule_that_leaves_them_out_is_shown_and_not_shortened(
    chosen: Mapping[str, object],
) -> None:
    bucket = healthy_bucket(lifecycle=lifecycle(rule_for(**chosen)))
    (hit,) = hits(lockfile_versions_unbounded, observed(locked_by_file(), bucket=bucket, tables=()))
    assert [each.label for each in hit.evidence] == [
        "GetBucketLifecycleConfiguration",
        "lock file",
        "rule",
    ]
    assert hit.fix == ()
    assert hit.advice.startswith("Add rules for the other prefixes")


def test_workspaces_that_are_known_count() -> None:
    in_workspace = use(locking=Locking.LOCKFILE, workspaces=("dev",))
    bucket = healthy_bucket(lifecycle=lifecycle(rule_for(Prefix="network/")))
    of = observed(locked_by_file(uses=(in_workspace,)), bucket=bucket, tables=())
    (hit,) = hits(lockfile_versions_unbounded, of)
    assert hit.evidence[1].text == f"`network`: `env:/dev/{KEY}.tflock`"


def test_a_rule_that_is_narrowed_by_tags_is_unknown() -> None:
    tagged = rule_for(Tag={"Key": "kind", "Value": "lock"})
    bucket = healthy_bucket(lifecycle=lifecycle(tagged))
    of = observed(locked_by_file(), bucket=bucket, tables=())
    assert unknown(lockfile_versions_unbounded, of) == (OF_TAGS,)


def test_a_rule_that_is_switched_off_bounds_nothing() -> None:
    off = {**rule_for(Prefix="network/"), "Status": "Disabled"}
    of = observed(locked_by_file(), bucket=healthy_bucket(lifecycle=lifecycle(off)), tables=())
    (hit,) = hits(lockfile_versions_unbounded, of)
    assert hit.fix == (STEP,)


@pytest.mark.parametrize("withheld", ["lifecycle", "versioning"])
def test_settings_that_may_not_be_read_are_unknown(withheld: str) -> None:
    bucket = healthy_bucket(**{withheld: DENIED})
    of = observed(locked_by_file(), bucket=bucket, tables=())
    assert unknown(lockfile_versions_unbounded, of) == (DENIED,)
