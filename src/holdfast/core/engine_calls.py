"""Which calls an engine makes for what it does, or we in its place, and what each needs of IAM. Pure.

Source: every request of Terraform 1.11.4 and 1.15.5 for each command, and of our own on states, through a proxy that
records them. HEAD and GET of an object are `s3:GetObject`, of one version `s3:GetObjectVersion`, ListObjectsV2 is
`s3:ListBucket`, ListObjectVersions `s3:ListBucketVersions`, all parts of a multipart upload are `s3:PutObject`
(Service Authorization Reference). GetCallerIdentity needs no permission.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class EngineVerb(StrEnum):
    """Name what an engine does, as far as its calls differ; each word is a command line."""

    INIT = "init"
    PLAN_WITHOUT_LOCK = "plan -lock=false"
    PLAN = "plan"
    APPLY = "apply"
    WORKSPACE_NEW = "workspace new"
    WORKSPACE_DELETE = "workspace delete"
    FORCE_UNLOCK = "force-unlock"
    LOCKS_BREAK = "holdfast locks break"
    STATES_CHECK = "holdfast states check"
    STATES_RESTORE = "holdfast states restore"
    STATES_LEAVE = "holdfast states move and forget, at the old place"
    STATES_ARRIVE = "holdfast states move and forget, at the new place"

    @property
    def is_about_workspaces(self) -> bool:
        """Tell whether it never touches the state of the default workspace."""
        return self in {EngineVerb.WORKSPACE_NEW, EngineVerb.WORKSPACE_DELETE}


class CallTarget(StrEnum):
    """Name what a call is about."""

    EVERY_KEY = "the list of all keys"
    WORKSPACES = "the list of workspaces"
    MOVED_WORKSPACES = "the list of workspaces, whether any are used or not"
    PRESENCE = (
        "whether the state is there"  # without it S3 says 403 of a state that is not there yet
    )
    STATE = "the state"
    VERSIONS = "the list of the state's versions"
    VERSIONING = "the versioning of the bucket"
    LOCK_PRESENCE = "whether the lock file is there"
    LOCK_FILE = "the lock file"
    LOCK_ITEM = "the lock item"
    DIGEST = "the digest"
    EVERY_ITEM = "all items of the table"


@dataclass(frozen=True, slots=True)
class EngineCall:
    """One IAM action on one target."""

    action: str
    target: CallTarget


LIST_WORKSPACES = EngineCall("s3:ListBucket", CallTarget.WORKSPACES)
READS = (
    LIST_WORKSPACES,
    EngineCall("s3:ListBucket", CallTarget.PRESENCE),
    EngineCall("s3:GetObject", CallTarget.STATE),
    EngineCall("dynamodb:GetItem", CallTarget.DIGEST),
)
WRITES = (
    EngineCall("s3:PutObject", CallTarget.STATE),
    EngineCall("dynamodb:PutItem", CallTarget.DIGEST),
)
UNLOCKS = (
    EngineCall("s3:GetObject", CallTarget.LOCK_FILE),
    EngineCall("s3:DeleteObject", CallTarget.LOCK_FILE),
    EngineCall("dynamodb:GetItem", CallTarget.LOCK_ITEM),
    EngineCall("dynamodb:DeleteItem", CallTarget.LOCK_ITEM),
)
LOCKS = (
    EngineCall("s3:PutObject", CallTarget.LOCK_FILE),
    EngineCall("dynamodb:PutItem", CallTarget.LOCK_ITEM),
    *UNLOCKS,
)
DELETES = (
    EngineCall("s3:DeleteObject", CallTarget.STATE),
    EngineCall("dynamodb:DeleteItem", CallTarget.DIGEST),
)
# A state that we change is locked in every store, and a 403 is never taken for "there is nothing".
LOCKS_SEEN = (
    EngineCall("s3:ListBucket", CallTarget.PRESENCE),
    EngineCall("s3:ListBucket", CallTarget.LOCK_PRESENCE),
    *LOCKS,
)
RESTORES = (
    *LOCKS_SEEN,
    EngineCall("s3:GetBucketVersioning", CallTarget.VERSIONING),
    EngineCall("s3:ListBucketVersions", CallTarget.VERSIONS),
    EngineCall("s3:GetObjectVersion", CallTarget.STATE),
    EngineCall("s3:GetObject", CallTarget.STATE),
    EngineCall("dynamodb:GetItem", CallTarget.DIGEST),
    *WRITES,
)

CALLS: dict[EngineVerb, tuple[EngineCall, ...]] = {
    EngineVerb.INIT: READS,
    EngineVerb.PLAN_WITHOUT_LOCK: READS,
    EngineVerb.PLAN: (*READS, *LOCKS),
    EngineVerb.APPLY: (*READS, *LOCKS, *WRITES),
    EngineVerb.WORKSPACE_NEW: (*READS, *LOCKS, *WRITES),
    EngineVerb.WORKSPACE_DELETE: (*READS, *LOCKS, *DELETES),
    EngineVerb.FORCE_UNLOCK: (LIST_WORKSPACES, *UNLOCKS),
    # A 403 is never taken for "there is no lock". The conditional delete needs `s3:GetObject` (S3 API reference).
    EngineVerb.LOCKS_BREAK: (EngineCall("s3:ListBucket", CallTarget.LOCK_PRESENCE), *UNLOCKS),
    EngineVerb.STATES_CHECK: (
        EngineCall("s3:ListBucket", CallTarget.EVERY_KEY),
        EngineCall("dynamodb:Scan", CallTarget.EVERY_ITEM),
        *RESTORES,
        EngineCall("dynamodb:DeleteItem", CallTarget.DIGEST),
    ),
    EngineVerb.STATES_RESTORE: RESTORES,
    EngineVerb.STATES_LEAVE: (
        *LOCKS_SEEN,
        EngineCall("s3:ListBucket", CallTarget.MOVED_WORKSPACES),
        EngineCall("s3:ListBucketVersions", CallTarget.VERSIONS),
        EngineCall("s3:GetObject", CallTarget.STATE),
        EngineCall("dynamodb:GetItem", CallTarget.DIGEST),
        *DELETES,
    ),
    EngineVerb.STATES_ARRIVE: (
        *LOCKS_SEEN,
        EngineCall("s3:ListBucket", CallTarget.MOVED_WORKSPACES),
        EngineCall("s3:GetObject", CallTarget.STATE),
        EngineCall("dynamodb:GetItem", CallTarget.DIGEST),
        *WRITES,
    ),
}

# What S3 does with the KMS key of an object (KMS developer guide, "How Amazon S3 uses AWS KMS"): the parts of a multipart
# upload, which engines make of states above 5 MiB, are decrypted too. DynamoDB does the same with the customer's key of a
# table, for whoever reads or writes its items (DynamoDB developer guide, "Encryption at rest: usage notes").
KMS_ACTIONS = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:GetObjectVersion": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey", "kms:Decrypt"),
    "dynamodb:GetItem": ("kms:Decrypt",),
    "dynamodb:Scan": ("kms:Decrypt",),
    "dynamodb:PutItem": ("kms:GenerateDataKey", "kms:Decrypt"),
    "dynamodb:DeleteItem": ("kms:Decrypt",),
}


def actions_on(target: CallTarget, verbs: Iterable[EngineVerb]) -> tuple[str, ...]:
    """Return the IAM actions of some verbs on one target, sorted."""
    calls = (call for verb in verbs for call in CALLS[verb])
    return tuple(sorted({call.action for call in calls if call.target is target}))
