"""Every setting of `holdfast.yaml`: the one table that checks the file and makes its JSON Schema."""

from __future__ import annotations

from holdfast.core.backends import Locking
from holdfast.declaration import formats
from holdfast.declaration.component_settings import COMPONENTS, ENVIRONMENTS, FIELDS, LAYOUT
from holdfast.declaration.shapes import (
    Choice,
    Constant,
    Field,
    Flag,
    Group,
    Listed,
    Named,
    Number,
    TextMap,
)

VERSION = 1
TAGS_MAX = 50
NONCURRENT_KEEP_MAX = 100  # S3 API reference, NewerNoncurrentVersions
NONCURRENT_DAYS_MAX = 2_147_483_647  # S3 counts with 32 bits

NAMING = Group(
    title="`naming`",
    fields=(
        Field(
            name="bucket",
            shape=formats.NAME_PATTERN,
            description="Pattern of the buckets' names. Fields: organization, account, account_id, region, "
            "backend; `[...]` is dropped when a field inside has no value. Filters: `{region_code}` or `{region:code}`, "
            "`{x:lower}`, `{x:20}` (cut to at most 20 characters, with a stable end), `{x:lower:20}`; `{hash:8}`.",
        ),
        Field(
            name="lock_table",
            shape=formats.NAME_PATTERN,
            description="Pattern of the lock tables' names; the same fields as for buckets.",
            also_called=("table", "dynamodb_table"),
        ),
        Field(
            name="key",
            shape=formats.KEY_PATTERN,
            description="Pattern of the components' keys. Fields: those of components, and organization, "
            "account, account_id and backend.",
            also_called=("state_key", "state"),
        ),
        Field(
            name="pipeline",
            shape=formats.PIPELINE_PATTERN,
            description="Pattern of the names of pipelines; the same fields as for keys. Without it: platform, "
            "component, environment, region and instance, with hyphens.",
            also_called=("pipeline_name",),
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
NONCURRENT_VERSIONS = Group(
    title="`baseline.noncurrent_versions`",
    fields=(
        Field(
            name="keep",
            shape=Number(minimum=1, maximum=NONCURRENT_KEEP_MAX),
            description="How many of the newest old versions of every object are kept, however old they are; "
            "100 without it.",
        ),
        Field(
            name="days",
            shape=Number(minimum=1, maximum=NONCURRENT_DAYS_MAX),
            description="For how many days every other old version is kept; 365 without it.",
        ),
    ),
)
BASELINE = Group(
    title="`baseline`",
    fields=(
        Field(name="encryption", shape=ENCRYPTION, description="How states are encrypted at rest."),
        Field(
            name="noncurrent_versions",
            shape=NONCURRENT_VERSIONS,
            description="How long old versions of states are kept.",
            also_called=("noncurrent", "versions"),
        ),
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
            shape=Named(noun="account", title="an account", key=formats.ENTRY_NAME, value=ACCOUNT),
            description="The AWS accounts by a name of your own, and how to get into them.",
        ),
        Field(
            name="backends",
            shape=Named(noun="backend", title="a backend", key=formats.ENTRY_NAME, value=BACKEND),
            description="The backends by a name of your own: one bucket and at most one lock table each.",
        ),
        Field(
            name="environments",
            shape=ENVIRONMENTS,
            description="Which backend keeps the states of an environment: its name, or one for each region "
            "of a component. Without it, there is one backend, or components name theirs.",
        ),
        Field(name="layout", shape=LAYOUT, description="Where roots and setup modules are."),
        Field(
            name="fields",
            shape=FIELDS,
            description="The values that a field of a component may have.",
            also_called=("values", "allowed"),
        ),
        Field(
            name="components",
            shape=COMPONENTS,
            description="The components by their fields, besides those whose roots the layout finds. `key` and `root`"
            " are no fields: they stand for the key and the root's path literally.",
        ),
        Field(name="baseline", shape=BASELINE, description="Wishes for the hardening of backends."),
        Field(
            name="ignore",
            shape=Listed(item=IGNORE),
            description="Findings that are accepted, each with its reason.",
            also_called=("ignores", "exceptions"),
        ),
    ),
)
