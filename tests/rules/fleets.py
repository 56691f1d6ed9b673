"""Builders of fleets for the tests of rules: everything is healthy unless a test says otherwise."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from holdfast.app.audit import judgements_of
from holdfast.core.backends import Access, Backend, Locking, StateUse
from holdfast.core.baseline import noncurrent_lifecycle_rule, tls_statement
from holdfast.core.cloud import (
    BillingMode,
    Bucket,
    BucketAbsent,
    BucketForeign,
    Caller,
    Encryption,
    LifecycleRule,
    LoggingTarget,
    ObservedBackend,
    ObservedTable,
    Ownership,
    PublicAccessBlock,
    Table,
    TableAbsent,
    TableKey,
    TimeToLive,
    Versioning,
    VersioningStatus,
)
from holdfast.core.declaration import Declaration
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.findings import Finding, Hit, Judgement, Rule
from holdfast.core.fleet import Fleet
from holdfast.core.grouping import backends_of
from holdfast.core.lifecycle import lifecycle_rule
from holdfast.core.repository import (
    Attribute,
    BackendBlock,
    Certainty,
    Configuration,
    Literal,
    LiteralValue,
    Origin,
    Place,
    Repository,
    Root,
    SetupModule,
)
from holdfast.core.source import SourceSpan

ACCOUNT = "111111111111"
REGION = "eu-west-1"
BUCKET = "acme-terraform-state"
TABLE = "acme-terraform-locks"
KEY = "network/terraform.tfstate"
KMS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555"

DENIED = Withheld(reason=Reason.PERMISSION, permission="s3:Get", detail="AccessDenied")

# A change is a field of the dataclass: `replace` refuses any other name.
Changes = Any


def policy(*statements: Mapping[str, object] | str) -> str:
    """Write a bucket policy of these statements."""
    parsed = [json.loads(each) if isinstance(each, str) else each for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": parsed})


def lifecycle(*rules: Mapping[str, object] | str) -> Known[tuple[LifecycleRule, ...]]:
    """Read lifecycle rules as the cloud gives them."""
    parsed = [json.loads(each) if isinstance(each, str) else each for each in rules]
    return Known(tuple(lifecycle_rule(each) for each in parsed))


def healthy_bucket(**changes: Changes) -> Bucket:
    """Return a bucket on which every rule is quiet, with these fields changed."""
    bucket = Bucket(
        name=BUCKET,
        region=Known(REGION),
        directory=False,
        versioning=Known(Versioning(status=VersioningStatus.ENABLED)),
        encryption=Known(Encryption(algorithm="AES256", blocked_types=("SSE-C",))),
        key=Known(None),
        public_access_block=Known(
            PublicAccessBlock(
                block_public_acls=True,
                ignore_public_acls=True,
                block_public_policy=True,
                restrict_public_buckets=True,
            )
        ),
        policy=Known(policy(tls_statement(BUCKET))),
        policy_public=Known(value=False),
        public_grants=Known(()),
        ownership=Known(Ownership.ENFORCED),
        lifecycle=lifecycle(noncurrent_lifecycle_rule()),
        logging=Known(LoggingTarget(bucket="acme-logs", prefix="state/")),
        object_lock=Known(None),
        replication=Known(None),
        tags=Known({"ManagedBy": "holdfast"}),
    )
    return replace(bucket, **changes)


def withheld_bucket(withheld: Withheld = DENIED) -> Bucket:
    """Return a bucket of which nothing but its existence could be read."""
    return Bucket(
        name=BUCKET,
        region=withheld,
        directory=False,
        versioning=withheld,
        encryption=withheld,
        key=withheld,
        public_access_block=withheld,
        policy=withheld,
        policy_public=withheld,
        public_grants=withheld,
        ownership=withheld,
        lifecycle=withheld,
        logging=withheld,
        object_lock=withheld,
        replication=withheld,
        tags=withheld,
    )


def healthy_table(**changes: Changes) -> Table:
    """Return a lock table on which every rule is quiet, with these fields changed."""
    table = Table(
        name=TABLE,
        arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}",
        region=REGION,
        status="ACTIVE",
        hash_key=TableKey(name="LockID", type="S"),
        range_key=None,
        indexes=(),
        billing=BillingMode.ON_DEMAND,
        read_units=0,
        write_units=0,
        on_demand_write_max=None,
        deletion_protection=True,
        replicas=(),
        multi_region_consistency="",
        key=None,
        key_inaccessible_since=None,
        point_in_time_recovery=Known(value=True),
        time_to_live=Known(TimeToLive(enabled=False)),
        policy=Known(None),
        tags=Known({"ManagedBy": "holdfast"}),
    )
    return replace(table, **changes)


def use(**changes: Changes) -> StateUse:
    """Return the use of one state by the root `network`."""
    state = StateUse(
        root_path="network",
        label="",
        key=KEY,
        workspace_prefix="env:",
        workspaces=(),
        locking=Locking.DYNAMODB,
        table=TABLE,
        region=REGION,
        encrypt=False,
        kms_key=None,
        span=SourceSpan("network/backend.tf", 4, 5),
    )
    return replace(state, **changes)


def backend(**changes: Changes) -> Backend:
    """Return a backend with one use that locks in a table, with these fields changed."""
    healthy = Backend(
        name=BUCKET,
        bucket=BUCKET,
        region=REGION,
        tables=(TABLE,),
        locking=Locking.DYNAMODB,
        access=Access(),
        account=ACCOUNT,
        declared=False,
        uses=(use(),),
        span=SourceSpan("network/backend.tf", 3, 5),
    )
    return replace(healthy, **changes)


def observed(
    of: Backend | None = None,
    *,
    bucket: Bucket | BucketAbsent | BucketForeign | Withheld | None = None,
    tables: Sequence[Table | TableAbsent] | None = None,
    caller: Fact[Caller] | None = None,
    states_present: Fact[frozenset[str]] | None = None,
    table_names: Sequence[str] = (),
) -> ObservedBackend:
    """Return a backend with a healthy bucket and table, or with those that are given.

    `table_names` are what the code calls the tables where that is not their names.
    """
    observed_of = of or backend()
    presence = bucket or healthy_bucket()
    present = (healthy_table(),) if tables is None else tables
    names = table_names or [each.name for each in present]
    return ObservedBackend(
        backend=observed_of,
        region=REGION,
        caller=caller
        or Known(Caller(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:role/terraform")),
        bucket=presence if isinstance(presence, Withheld) else Known(presence),
        tables=tuple(
            ObservedTable(name=name, presence=Known(each))
            for name, each in zip(names, present, strict=True)
        ),
        states_present=states_present or Known(frozenset({KEY})),
    )


def root(
    path: str = "network",
    *,
    label: str = "",
    certainty: Certainty = Certainty.CERTAIN,
    place: Place = Place.LIVE,
    comments: tuple[str, ...] = (),
    more: Sequence[Configuration] = (),
    settings: Mapping[str, LiteralValue] | None = None,
    **changes: Changes,
) -> Root:
    """Return a root whose backend block sets `settings`; line 3 of `backend.tf` on, in order.

    Without `settings` it is the root that `backend()` has as its use. `changes` are fields of `Root`.
    """
    file = f"{path}/backend.tf"
    chosen = settings or {
        "bucket": BUCKET,
        "key": f"{path}/terraform.tfstate",
        "region": REGION,
        "dynamodb_table": TABLE,
    }
    attributes = tuple(
        Attribute(
            name=name,
            value=Literal(value),
            span=SourceSpan(file, line, 5),
            origin=Origin.BLOCK,
        )
        for line, (name, value) in enumerate(chosen.items(), start=3)
    )
    block = BackendBlock(
        type="s3", span=SourceSpan(file, 2, 3), attributes=attributes, comments=comments
    )
    configuration = Configuration(label=label, certainty=certainty, attributes=attributes)
    healthy = Root(
        path=path,
        place=place,
        span=SourceSpan(path),
        blocks=(block,),
        configurations=(configuration, *more),
    )
    return replace(healthy, **changes)


def fleet(
    *roots: Root,
    observed: Sequence[ObservedBackend] = (),
    backends: Sequence[Backend] | None = None,
    declaration: Declaration | None = None,
    setup_modules: Sequence[SetupModule] = (),
) -> Fleet:
    """Return the fleet of these roots; its backends are those of the code unless they are given."""
    repository = Repository(roots=roots, setup_modules=tuple(setup_modules))
    grouped = backends_of(repository, declaration, region_default=None)
    given = tuple(backends) if backends is not None else tuple(each.backend for each in observed)
    return Fleet(
        repository=repository,
        declaration=declaration,
        backends=given or grouped,
        observed=tuple(observed),
        online=bool(observed),
    )


def judged(rule: Rule, *of: ObservedBackend, code: Fleet | None = None) -> tuple[Judgement, ...]:
    """Run one rule over these backends, or over code."""
    return tuple(judgements_of(rule, code or fleet(observed=of)))


def hits(rule: Rule, *of: ObservedBackend, code: Fleet | None = None) -> tuple[Hit, ...]:
    """Run one rule where every fact it needs is known, and return its hits as the rule made them."""
    judgements = judged(rule, *of, code=code)
    findings = [each for each in judgements if isinstance(each, Finding)]
    assert len(findings) == len(judgements), f"not judged: {judgements}"
    return tuple(each.hit for each in findings)


def unknown(rule: Rule, *of: ObservedBackend, code: Fleet | None = None) -> tuple[Withheld, ...]:
    """Run one rule and return why it could not be judged to the end."""
    judgements = judged(rule, *of, code=code)
    return tuple(each.withheld for each in judgements if not isinstance(each, Finding))
