"""Every setting of `holdfast.yaml`: the one table that checks the file and makes its JSON Schema."""

from __future__ import annotations

from holdfast.core.backends import Locking
from holdfast.declaration import formats
from holdfast.declaration.shapes import (
    Choice,
    Constant,
    Field,
    Flag,
    Group,
    Listed,
    Named,
    TextMap,
)

VERSION = 1
TAGS_MAX = 50

NAMING = Group(
    title="`naming`",
    later=("key",),
    fields=(
        Field(
            name="bucket",
            shape=formats.NAME_PATTERN,
            description="Pattern of the buckets' names. Fields: organization, account, account_id, region, "
            "backend; `[...]` is dropped when a field inside has no value; `{region_code}`, `{hash:8}`.",
        ),
        Field(
            name="lock_table",
            shape=formats.NAME_PATTERN,
            description="Pattern of the lock tables' names; the same fields as for buckets.",
            also_called=("table", "dynamodb_table"),
        ),
    ),
)
ACCOUNT = Group(
    title="an account",
    fields=(
        Field(
            name="id",
            shape=formats.ACCOUNT_ID,
            description="The account's ID: a quoted string of 12 digits.",
            required=True,
            also_called=("account", "account_id"),
        ),
        Field(
            name="profile",
            shape=formats.PROFILE,
            description="Profile of the AWS configuration files that signs in; with `role`, the one that "
            "assumes it.",
            also_called=("aws_profile",),
        ),
        Field(
            name="role",
            shape=formats.ROLE,
            description="ARN of the role to assume; it must be in this account.",
            also_called=("role_arn", "assume_role"),
        ),
        Field(
            name="external_id",
            shape=formats.EXTERNAL_ID,
            description="External ID that the role's trust policy asks for.",
        ),
    ),
)
BACKEND = Group(
    title="a backend",
    fields=(
        Field(
            name="account",
            shape=formats.ENTRY_NAME,
            description="Name of the account, as in `accounts`.",
            required=True,
        ),
        Field(
            name="region",
            shape=formats.REGION,
            description="Region of the bucket and the lock table.",
            required=True,
        ),
        Field(
            name="locking",
            shape=Choice(values=tuple(Locking)),
            description="How states are locked: an item in the lock table (dynamodb), an object beside the "
            "state (lockfile), both, or not at all.",
            required=True,
            also_called=("use_lockfile",),
        ),
        Field(
            name="bucket",
            shape=formats.NAME,
            description="The bucket's name; it wins over `naming.bucket`.",
        ),
        Field(
            name="lock_table",
            shape=formats.NAME,
            description="The lock table's name; it wins over `naming.lock_table`.",
            also_called=("table", "dynamodb_table"),
        ),
        Field(
            name="account_regional",
            shape=Flag(),
            description="Create the bucket in the account-regional namespace; its name then ends in "
            "`-<account ID>-<region>-an`.",
        ),
        Field(
            name="kms_key",
            shape=formats.KMS_KEY,
            description="ARN of the KMS key that encrypts new states; it wins over "
            "`baseline.encryption.kms_key`.",
            also_called=("kms_key_id",),
        ),
        Field(
            name="tags",
            shape=TextMap(
                key=formats.TAG_KEY,
                value=formats.TAG_VALUE,
                entries_max=TAGS_MAX,
            ),
            description="Tags of the bucket and the lock table when they are created.",
        ),
    ),
)
ENCRYPTION = Group(
    title="`baseline.encryption`",
    fields=(
        Field(
            name="kms_key",
            shape=formats.KMS_KEY,
            description="ARN of the KMS key that encrypts new states, in the region of the backends.",
            also_called=("kms_key_id",),
        ),
    ),
)
BASELINE = Group(
    title="`baseline`",
    later=("noncurrent_versions",),
    fields=(
        Field(name="encryption", shape=ENCRYPTION, description="How states are encrypted at rest."),
    ),
)
IGNORE = Group(
    title="an entry of `ignore`",
    fields=(
        Field(
            name="rule",
            shape=formats.RULE,
            description="The rule whose findings are accepted.",
            required=True,
            also_called=("id", "slug"),
        ),
        Field(
            name="reason",
            shape=formats.REASON,
            description="Why they are accepted.",
            required=True,
            also_called=("because", "comment"),
        ),
        Field(
            name="backend",
            shape=formats.NAME,
            description="Name or bucket of the one backend it is about; without it, all of them.",
            also_called=("bucket",),
        ),
        Field(
            name="root",
            shape=formats.PATH,
            description="Path of the one root it is about; without it, all of them.",
            also_called=("path",),
        ),
    ),
)
DECLARATION = Group(
    title="a declaration",
    later=("environments", "layout", "components"),
    fields=(
        Field(
            name="version",
            shape=Constant(value=VERSION),
            description="Version of this format.",
            required=True,
        ),
        Field(
            name="organization",
            shape=formats.ORGANIZATION,
            description="Value of `{organization}` in naming patterns.",
            also_called=("organisation", "org"),
        ),
        Field(name="naming", shape=NAMING, description="Patterns that names are made from."),
        Field(
            name="accounts",
            shape=Named(noun="account", key=formats.ENTRY_NAME, group=ACCOUNT),
            description="The AWS accounts by a name of your own, and how to get into them.",
        ),
        Field(
            name="backends",
            shape=Named(noun="backend", key=formats.ENTRY_NAME, group=BACKEND),
            description="The backends by a name of your own: one bucket and at most one lock table each.",
        ),
        Field(name="baseline", shape=BASELINE, description="Wishes for the hardening of backends."),
        Field(
            name="ignore",
            shape=Listed(group=IGNORE),
            description="Findings that are accepted, each with its reason.",
            also_called=("ignores", "exceptions"),
        ),
    ),
)
