"""Which backends of the code a draft takes over, and under which settings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.adoption import DraftAccount, DraftBackend, Misfit
from holdfast.core.backends import Backend, Locking
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    ObservedBackend,
    Table,
)
from holdfast.core.declaration import DeclaredBackend
from holdfast.core.default_encryption import default_encryption
from holdfast.core.facts import Known
from holdfast.core.fleet import Fleet
from holdfast.core.names import (
    ACCOUNT_REGIONAL_END,
    bucket_name_problems,
    table_name_problems,
)
from holdfast.core.pattern_inference_names import NamedThing
from holdfast.core.patterns import expand

# The form of `kms_key` in a declaration; an alias or a bare id is left in the code.
KMS_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+")
DEFAULT_KEY = "the bucket encrypts with this key by default, which `encrypt` alone would override"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendEvidence:
    """What is known of one backend: the code, the cloud if it was read, and how many of its roots fit."""

    backend: Backend
    observed: ObservedBackend | None
    roots: int
    fitting: int

    @property
    def region(self) -> str | None:
        """Return where the bucket is; what the cloud says comes first."""
        bucket = self._bucket
        if isinstance(bucket, Bucket) and isinstance(bucket.region, Known):
            return bucket.region.value
        return self.backend.region

    @property
    def table(self) -> str | None:
        """Return the one lock table: one that exists, else the one that most roots name, else the first."""
        there = [
            each.name
            for each in (self.observed.tables if self.observed is not None else ())
            if isinstance(each.presence, Known) and isinstance(each.presence.value, Table)
        ]
        candidates = there or self.backend.tables
        uses = Counter(each.table for each in self.backend.uses)
        return max(candidates, key=lambda name: uses[name], default=None)

    @property
    def exists(self) -> bool | None:
        """Tell whether the bucket exists; None when the cloud did not say."""
        match self._bucket:
            case Bucket() | BucketForeign():
                return True
            case BucketAbsent():
                return False
            case None:
                return None

    @property
    def default_key(self) -> str | None:
        """Return the customer's KMS key that the bucket encrypts with by default, where it is known."""
        default = default_encryption(self.observed)
        return default.key if default is not None and not default.managed_by_aws else None

    @property
    def _bucket(self) -> Bucket | BucketAbsent | BucketForeign | None:
        fact = self.observed.bucket if self.observed is not None else None
        return fact.value if isinstance(fact, Known) else None


def left_out(
    evidence: BackendEvidence, *, fitting_elsewhere: int, of_convention_alone: bool
) -> str | None:
    """Return why a backend is not taken over; None when it is.

    One that only misfits use may be a leftover or a slip of the pen. To declare it would be to ask for its
    bucket and its table, a second one beside those that are in use.
    """
    backend = evidence.backend
    if of_convention_alone and fitting_elsewhere:
        return "only the written convention gives this name: no root uses it"
    if backend.declared:
        return None
    if evidence.region is None:
        return "no root names its region, and the cloud was not asked or did not say"
    problems = bucket_name_problems(
        backend.bucket,
        account_regional=ACCOUNT_REGIONAL_END.search(backend.bucket) is not None,
        region=evidence.region,
    )
    if problems:
        return f"a declaration takes no bucket whose name {' and '.join(problems)}"
    if backend.locking.uses_table:
        table = evidence.table
        if table is None:
            return "the name of its lock table is an expression"
        if table_name_problems(table):
            return f"its lock table `{table}` {' and '.join(table_name_problems(table))}"
    if evidence.fitting or not evidence.roots or evidence.exists:
        return None
    if evidence.exists is False and fitting_elsewhere:
        return "the bucket does not exist, and no root that uses it fits the patterns"
    if evidence.roots <= fitting_elsewhere:
        return "no root that uses it fits the patterns, and the cloud did not say whether it exists"
    return None


def draft_backend(
    evidence: BackendEvidence, *, name: str, account: DraftAccount, declared: DeclaredBackend | None
) -> DraftBackend:
    """Return a backend under the names and settings that exist; wishes that were declared stay."""
    backend = evidence.backend
    region = evidence.region or ""
    locking = backend.locking
    kms_key = (declared.kms_key if declared is not None else None) or _kms_key(evidence, region)
    reason = _reason(evidence)
    if kms_key is not None and kms_key == evidence.default_key:
        reason += f"; {DEFAULT_KEY}"
    return DraftBackend(
        name=name,
        account=account.name,
        region=region,
        locking=locking,
        bucket=backend.bucket,
        table=evidence.table if locking.uses_table else None,
        reason=reason,
        account_regional=backend.bucket.endswith(f"-{account.identity}-{region}-an"),
        kms_key=kms_key,
        tags=declared.tags if declared is not None else (),
    )


def second_tables(evidence: BackendEvidence) -> Iterator[Misfit]:
    """Yield the lock tables of a backend beside the one that is taken over."""
    uses = Counter(each.table for each in evidence.backend.uses)
    for table in evidence.backend.tables:
        if table != evidence.table:
            yield Misfit(
                subject=table,
                facts=(
                    ("bucket", evidence.backend.bucket),
                    ("lock table", table),
                    ("roots", str(uses[table])),
                ),
                reason=f"it is a second lock table of one bucket; the backend has `{evidence.table}`",
            )


def name_fields(
    backend: DraftBackend, accounts: Mapping[str, DraftAccount], organization: str | None
) -> tuple[tuple[str, str], ...]:
    """Return the fields that a pattern for a name may use; the backend's own name is ours, and not among them."""
    account = accounts[backend.account]
    return (
        *((("organization", organization),) if organization is not None else ()),
        ("account", account.name),
        ("account_id", account.identity),
        ("region", backend.region),
    )


def named_things(
    backends: Sequence[DraftBackend],
    accounts: Mapping[str, DraftAccount],
    organization: str | None,
    *,
    tables: bool,
) -> tuple[NamedThing, ...]:
    """Return the buckets, or the tables, with what patterns may make them of."""
    return tuple(
        NamedThing(name=name, fields=name_fields(each, accounts, organization))
        for each in backends
        for name in (each.table if tables else each.bucket,)
        if name is not None
    )


def declared_counterparts(fleet: Fleet) -> Mapping[str, DeclaredBackend]:
    """Return the declared backend of each bucket: of its own name, or one whose name is only a convention's.

    A backend that a convention names otherwise, that no root uses and that is not known to exist, was meant for the
    one bucket in its region that is not declared.
    """
    declaration = fleet.declaration
    if declaration is None:
        return {}
    found = {each.bucket: each for each in declaration.backends}
    undeclared = [each for each in fleet.backends if not each.declared and each.uses]
    meant = [each for each in declaration.backends if is_of_convention_alone(each, fleet)]
    for each in meant:
        in_region = [one for one in undeclared if one.region == each.region]
        rivals = [one for one in meant if one.region == each.region]
        if len(in_region) > 1:
            in_region = _most_used(in_region)
        if len(in_region) == 1 and len(rivals) == 1:
            found[in_region[0].bucket] = each
    return found


def is_of_convention_alone(declared: DeclaredBackend, fleet: Fleet) -> bool:
    """Tell whether a backend has its bucket's name from a pattern, no root uses it, and it is not known to exist."""
    declaration = fleet.declaration
    pattern = declaration.naming.bucket if declaration is not None else None
    organization = declaration.organization if declaration is not None else None
    backend = next((each for each in fleet.backends if each.bucket == declared.bucket), None)
    if pattern is None or backend is None or backend.uses:
        return False
    fields = {
        "organization": organization or "",
        "account": declared.account.name,
        "account_id": declared.account.account,
        "region": declared.region,
        "backend": declared.name,
    }
    evidence = BackendEvidence(
        backend=backend, observed=fleet.observation_of(backend), roots=0, fitting=0
    )
    return expand(pattern, fields) == declared.bucket and not evidence.exists


def _most_used(backends: Sequence[Backend]) -> list[Backend]:
    most = max(len(each.uses) for each in backends)
    return [each for each in backends if len(each.uses) == most]


def _reason(evidence: BackendEvidence) -> str:
    backend = evidence.backend
    words = [f"{evidence.fitting} of {evidence.roots} roots in the code fit the patterns"]
    match evidence.exists:
        case True:
            words.append("the bucket exists")
        case False:
            words.append("the bucket does not exist yet")
        case None:
            pass
    if backend.locking is Locking.NONE:
        words.append("nothing locks")
    if evidence.table is not None and backend.locking.uses_table and evidence.observed is not None:
        found = [each for each in evidence.observed.tables if each.name == evidence.table]
        if any(isinstance(each.presence, Known) for each in found):
            there = any(
                isinstance(each.presence, Known) and isinstance(each.presence.value, Table)
                for each in found
            )
            words.append("the lock table exists" if there else "the lock table does not exist yet")
    return "; ".join(words)


def _kms_key(evidence: BackendEvidence, region: str) -> str | None:
    """Return the key that every root names, in the form that a declaration takes, or else the bucket's default.

    Every generated backend has `encrypt = true`, which without a key takes states off the default one. A key of the
    customer's own in `sse_customer_key` excludes any other.
    """
    uses = evidence.backend.uses
    if any(each.customer_key for each in uses):
        return None
    keys = {each.kms_key for each in uses}
    named = next(iter(keys)) if len(keys) == 1 else None
    for key in (named, evidence.default_key):
        found = KMS_KEY_ARN.fullmatch(key or "")
        if found is not None and found["region"] == region:
            return key
    return None
