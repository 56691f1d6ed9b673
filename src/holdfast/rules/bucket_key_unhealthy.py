"""The KMS key of the bucket cannot be used, or will soon be gone.

## What it checks
DescribeKey of the key in the default encryption: it exists, and its state is `Enabled` (or `Updating`, which is as
good).

## Why it matters
Without the key no state can be read or written, and once it is deleted, every state that it encrypted is lost for
good, old versions included.

## Fix
Cancel the deletion (`aws kms cancel-key-deletion`) or enable the key (`aws kms enable-key`). If the key is gone,
set another one and write every state anew from the last plan that is known; keep the old objects.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, EncryptionKey, KeyState, ObservedBackend
from holdfast.core.facts import need
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule

# KMS developer guide, "Key states": a key that is being updated can be used.
USABLE_TEXTS = frozenset({"Updating"})


@bucket_rule(Severity.CRITICAL)
def bucket_key_unhealthy(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:  # noqa: ARG001 - the scope's signature
    """Look for a key that is disabled, going or gone."""
    key = need(bucket.key)
    if key is None or key.state is KeyState.ENABLED or key.state_text in USABLE_TEXTS:
        return
    yield Hit(
        message=f"the KMS key of bucket `{bucket.name}` {_words(key)}",
        evidence=(Evidence(label="DescribeKey", text=printable(f"{key.arn}: {key.state_text}")),),
        advice=_advice(key),
    )


def _words(key: EncryptionKey) -> str:
    match key.state:
        case KeyState.DISABLED:
            return "is disabled"
        case KeyState.PENDING_DELETION:
            return "is about to be deleted"
        case KeyState.MISSING:
            return "does not exist"
        case KeyState.OTHER | KeyState.ENABLED:
            return "cannot be used"


def _advice(key: EncryptionKey) -> str:
    match key.state:
        case KeyState.DISABLED:
            return f"Run `aws kms enable-key --key-id {printable(key.arn)}`."
        case KeyState.PENDING_DELETION:
            return f"Run `aws kms cancel-key-deletion --key-id {printable(key.arn)}`, then `enable-key`."
        case KeyState.MISSING | KeyState.OTHER | KeyState.ENABLED:
            return "Find the key, or set another one before the next apply."
