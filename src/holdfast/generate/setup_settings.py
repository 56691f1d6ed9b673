"""Settings: what a setup module sets for its bucket and table, whatever language it is written in. Pure.

They are the baseline, merged with what is there: a stronger encryption, foreign statements, rules, tags and
replicas stay. A setting that is there and could not be read is left alone, which every format says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from holdfast.core.backends import Backend
from holdfast.core.baseline import (
    NONCURRENT_DAYS,
    NONCURRENT_KEEP,
    bucket_steps,
    encryption_step,
    noncurrent_lifecycle_rule,
    table_steps,
    tags_with_defaults,
    tls_statement,
)
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    Encryption,
    ObservedBackend,
    Table,
    TableAbsent,
    VersioningStatus,
)
from holdfast.core.declaration import DeclaredBaseline
from holdfast.core.encryption import encryption_with
from holdfast.core.facts import OFFLINE, Fact, Known, Reason, Withheld
from holdfast.core.lifecycle import merged_rules
from holdfast.core.lock_tables import ARN_PATTERN
from holdfast.core.policy import merged_policy
from holdfast.core.regions import partition_of
from holdfast.core.standings import readable_policy
from holdfast.core.steps import (
    AddLifecycleRules,
    BucketStep,
    EnableVersioning,
    TableStep,
    Tags,
)

PARTITION_DEFAULT = "aws"
DOCUMENT_ORDER = ("Version", "Id", "Statement")
STATEMENT_ORDER = ("Sid", "Effect", "Principal", "Action", "Resource", "Condition")

_NO_TAGS: Tags | Withheld = ()

BucketThere: TypeAlias = Bucket | BucketAbsent | BucketForeign | Withheld
TableThere: TypeAlias = Table | TableAbsent | Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSettings:
    """The lock table. `replicas` and `key` are those of the table that is there."""

    name: str
    there: TableThere
    tags_there: Tags | Withheld
    replicas: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupSettings:
    """Everything that a setup module sets.

    `encryption`, `policy`, `lifecycle` and the tags that are there are `Withheld` when they could not be read
    of a bucket that exists. `tags` are wished for; `tags_there` stay beside them, and win.
    """

    backend: str
    bucket: str
    region: str
    partition: str
    account: str | None
    account_regional: bool
    kms_key: str | None
    bucket_there: BucketThere
    encryption: Encryption | Withheld
    policy: str | Withheld
    lifecycle: tuple[str, ...] | Withheld
    tags: Tags
    tags_there: Tags | Withheld
    table: TableSettings | None
    observed: ObservedBackend | None
    bucket_steps: tuple[BucketStep, ...]  # the parts of the baseline, in order
    table_steps: tuple[TableStep, ...]  # none without a table

    @property
    def exists(self) -> bool:
        """Tell whether the bucket is known to exist, and to be ours."""
        return isinstance(self.bucket_there, Bucket)


def setup_settings(
    backend: Backend,
    region: str,
    *,
    observed: ObservedBackend | None,
    baseline: DeclaredBaseline,
) -> SetupSettings:
    """Return what the setup module of a backend sets; `observed` None when the cloud was not read."""
    partition = partition_of(region)
    partition_name = partition.name if partition is not None else PARTITION_DEFAULT
    there = _bucket_there(observed)
    wish = encryption_step(backend.bucket, region, kms_key=backend.kms_key)
    rule = noncurrent_lifecycle_rule(
        keep=baseline.noncurrent_keep or NONCURRENT_KEEP,
        days=baseline.noncurrent_days or NONCURRENT_DAYS,
    )
    statement = tls_statement(backend.bucket, partition_name)
    encryption: Encryption | Withheld = encryption_with(None, wish)
    policy: str | Withheld = merged_policy(None, (statement,))
    lifecycle: tuple[str, ...] | Withheld = merged_rules((), (rule,))
    tags, tags_there = tags_with_defaults(backend.tags), _NO_TAGS
    if isinstance(there, Bucket):
        match there.encryption:
            case Known(current):
                encryption = encryption_with(current, wish)
            case Withheld() as encryption:
                pass
        match readable_policy(there.policy):
            case Known(text):
                policy = merged_policy(text, (statement,))
            case Withheld() as policy:
                pass
        match there.lifecycle:
            case Known(rules):
                lifecycle = merged_rules(rules, (rule,))
            case Withheld() as lifecycle:
                pass
        tags_there = _tags_there(there.tags, tags)
    return SetupSettings(
        backend=backend.name,
        bucket=backend.bucket,
        region=region,
        partition=partition_name,
        account=backend.account,
        account_regional=backend.account_regional,
        kms_key=backend.kms_key,
        bucket_there=there,
        encryption=encryption,
        policy=policy,
        lifecycle=lifecycle,
        tags=tags,
        tags_there=tags_there,
        table=_table(backend, observed, tags),
        observed=observed,
        bucket_steps=tuple(_bucket_steps(backend, region, partition_name, rule, there)),
        table_steps=tuple(_table_steps(backend, region)),
    )


def policy_document(policy: str) -> Mapping[str, object]:
    """Return a policy that `merged_policy` gave, its members in the order in which people write them."""
    document = json.loads(policy)
    statements = document["Statement"]
    found = statements if isinstance(statements, list) else [statements]
    document["Statement"] = [_ordered(each, STATEMENT_ORDER) for each in found]
    return _ordered(document, DOCUMENT_ORDER)


def _ordered(document: Mapping[str, object], order: Sequence[str]) -> dict[str, object]:
    known = {name: document[name] for name in order if name in document}
    return known | {name: value for name, value in document.items() if name not in known}


def table_name(name: str) -> str:
    """Return the name of a table that the code names by its ARN or by its name."""
    match = ARN_PATTERN.match(name)
    return match["name"] if match else name


def _bucket_steps(
    backend: Backend, region: str, partition: str, lifecycle_rule: str, there: BucketThere
) -> Iterator[BucketStep]:
    for step in bucket_steps(
        backend.bucket,
        region,
        partition=partition,
        kms_key=backend.kms_key,
        tags=backend.tags,
        account_regional=backend.account_regional,
    ):
        if isinstance(step, AddLifecycleRules):
            yield replace(step, rules=(lifecycle_rule,))
        elif isinstance(step, EnableVersioning):
            yield replace(step, resume=_is_suspended(there))
        elif isinstance(step, BucketStep):
            yield step


def _is_suspended(there: BucketThere) -> bool:
    match there:
        case Bucket(versioning=Known(versioning)):
            return versioning.status is VersioningStatus.SUSPENDED
        case _:
            return False


def _table_steps(backend: Backend, region: str) -> Iterator[TableStep]:
    if backend.table is not None:
        for step in table_steps(backend.table, region, backend.tags):
            if isinstance(step, TableStep):
                yield step


def _table(backend: Backend, observed: ObservedBackend | None, tags: Tags) -> TableSettings | None:
    if backend.table is None:
        return None
    name, there = table_name(backend.table), _table_there(backend.table, observed)
    if not isinstance(there, Table):
        return TableSettings(name=name, there=there, tags_there=_NO_TAGS)
    return TableSettings(
        name=name,
        there=there,
        replicas=there.replicas,
        key=there.key,
        tags_there=_tags_there(there.tags, tags),
    )


def _bucket_there(observed: ObservedBackend | None) -> BucketThere:
    match observed.bucket if observed is not None else OFFLINE:
        case Known(presence):
            return presence
        case Withheld() as withheld:
            return withheld


def _table_there(name: str, observed: ObservedBackend | None) -> TableThere:
    if observed is None:
        return OFFLINE
    for table in observed.tables:
        if table.name == name:
            return table.presence.value if isinstance(table.presence, Known) else table.presence
    return Withheld(reason=Reason.NOT_ASKED, detail=f"table `{name}` was not asked for")


def _tags_there(fact: Fact[Mapping[str, str]], wished: Tags) -> Tags | Withheld:
    """Return the tags that are there and not wished for in the same words; those of AWS are its own."""
    if isinstance(fact, Withheld):
        return fact
    found = sorted(fact.value.items())
    return tuple(each for each in found if each not in wished and not each[0].startswith("aws:"))
