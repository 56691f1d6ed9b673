"""Fingerprints: the facts of a backend that its steps were planned against, each as a digest and in words.

`base` of a plan is what `fingerprints_of` gave then; apply takes them again and compares. A fact that could
not be read has a fingerprint of its own, so that learning it, or losing it, is a change as well. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TypeVar

from holdfast.core.cleaning import printable
from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    Encryption,
    LifecycleRule,
    ObservedBackend,
    ObservedTable,
    PublicAccessBlock,
    Table,
    TableAbsent,
    TimeToLive,
    Versioning,
)
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.plans import Fingerprint
from holdfast.core.steps import FactName

Value = TypeVar("Value")

DIGEST_LENGTH = 16
UNKNOWN = "unknown"
ABSENT = "absent"


def digest_of(text: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def fingerprints_of(observed: ObservedBackend) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of everything that steps for the backend depend on or change."""
    tables = (each for table in observed.tables for each in _table(table))
    return (*_bucket(observed), *tables)


# Buckets ----------------------------------------------------------------------------------------


def _bucket(observed: ObservedBackend) -> Iterator[Fingerprint]:
    name = observed.backend.bucket
    if isinstance(observed.bucket, Withheld):
        yield _fingerprint(FactName.BUCKET, name, UNKNOWN)
        return
    match observed.bucket.value:
        case BucketAbsent():
            yield _fingerprint(FactName.BUCKET, name, ABSENT)
        case BucketForeign():
            yield _fingerprint(FactName.BUCKET, name, "of another account")
        case Bucket() as bucket:
            yield from _settings(bucket)


def _settings(bucket: Bucket) -> Iterator[Fingerprint]:
    name = bucket.name
    yield _of(FactName.BUCKET, name, bucket.region, lambda region: f"in {region}")
    yield _of(FactName.VERSIONING, name, bucket.versioning, versioning_words)
    yield _of(FactName.ENCRYPTION, name, bucket.encryption, encryption_words)
    yield _of(FactName.PUBLIC_ACCESS_BLOCK, name, bucket.public_access_block, block_words)
    yield _of(FactName.OWNERSHIP, name, bucket.ownership, str)
    yield _of(FactName.POLICY, name, bucket.policy, policy_words, _policy_text)
    yield _of(FactName.LIFECYCLE, name, bucket.lifecycle, lifecycle_words, _lifecycle_text)


def versioning_words(versioning: Versioning) -> str:
    """Say how versioning is set."""
    return versioning.status.value.lower() + (" with MFA delete" if versioning.mfa_delete else "")


def encryption_words(encryption: Encryption | None) -> str:
    """Say how the bucket encrypts by default."""
    if encryption is None:
        return "off"
    parts = (
        encryption.algorithm,
        f"with key {encryption.key}" if encryption.key else "",
        "bucket key" if encryption.bucket_key else "",
        _blocked_words(encryption.blocked_types),
    )
    return printable(", ".join(part for part in parts if part))


def _blocked_words(types: tuple[str, ...]) -> str:
    """Say which types of encryption are refused; `NONE` is how S3 writes that all are taken."""
    match types:
        case ():
            return ""
        case ("NONE",):
            return "no type refused"
        case _:
            return f"{', '.join(types)} refused"


def block_words(block: PublicAccessBlock) -> str:
    """Say which of the four public access blocks are on."""
    if block.complete:
        return "on"
    names = [name for name, on in asdict(block).items() if on]
    return ", ".join(names) if names else "off"


def policy_words(text: str | None) -> str:
    """Say how large the policy is, and tell one from another by its digest."""
    return "none" if text is None else f"policy {digest_of(_policy_text(text))}"


def lifecycle_words(rules: tuple[LifecycleRule, ...]) -> str:
    """Say how many lifecycle rules there are, and which."""
    if not rules:
        return "none"
    return printable(", ".join(rule.identifier for rule in rules))


def _policy_text(text: str | None) -> str:
    """Return the policy as JSON that does not depend on how it is spaced; any other text as it is."""
    if text is None:
        return "none"
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def _lifecycle_text(rules: tuple[LifecycleRule, ...]) -> str:
    return "\n".join(sorted(rule.document for rule in rules))


# Tables -----------------------------------------------------------------------------------------


def _table(observed: ObservedTable) -> Iterator[Fingerprint]:
    if isinstance(observed.presence, Withheld):
        yield _fingerprint(FactName.TABLE, observed.name, UNKNOWN)
        return
    match observed.presence.value:
        case TableAbsent():
            yield _fingerprint(FactName.TABLE, observed.name, ABSENT)
        case Table() as table:
            yield from _table_settings(observed.name, table)


def _table_settings(name: str, table: Table) -> Iterator[Fingerprint]:
    yield _fingerprint(FactName.TABLE, name, table_words(table))
    yield _fingerprint(FactName.BILLING, name, table.billing.value)
    yield _fingerprint(
        FactName.DELETION_PROTECTION, name, "on" if table.deletion_protection else "off"
    )
    yield _of(
        FactName.POINT_IN_TIME_RECOVERY,
        name,
        table.point_in_time_recovery,
        lambda on: "on" if on else "off",
    )
    yield _of(FactName.TIME_TO_LIVE, name, table.time_to_live, time_to_live_words)


def table_words(table: Table) -> str:
    """Say which table it is: its ARN, its keys and where else it is. Its status comes and goes."""
    keys = [f"{table.hash_key.name} ({table.hash_key.type})"]
    if table.range_key is not None:
        keys.append(f"{table.range_key.name} ({table.range_key.type})")
    replicas = f", also in {', '.join(table.replicas)}" if table.replicas else ""
    return printable(f"{table.arn}, keys {', '.join(keys)}{replicas}")


def time_to_live_words(time_to_live: TimeToLive) -> str:
    """Say whether items expire, and by which attribute."""
    return printable(f"on `{time_to_live.attribute}`") if time_to_live.enabled else "off"


# Both -------------------------------------------------------------------------------------------


def _of(
    name: FactName,
    subject: str,
    fact: Fact[Value],
    words: Callable[[Value], str],
    text: Callable[[Value], str] | None = None,
) -> Fingerprint:
    """Return the fingerprint of a fact; `text` is what is digested where the words do not tell it all."""
    match fact:
        case Known(value):
            return _fingerprint(name, subject, words(value), None if text is None else text(value))
        case Withheld():
            return _fingerprint(name, subject, UNKNOWN)


def _fingerprint(name: FactName, subject: str, words: str, text: str | None = None) -> Fingerprint:
    return Fingerprint(name, subject, digest_of(words if text is None else text), words)
