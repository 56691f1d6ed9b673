"""The resources of a setup module: `main.tf`. Pure.

There is a block for each part of the baseline, so that a new part without one does not type-check. The names
`state` and `locks` are the same in every module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from holdfast.core.cloud import Encryption
from holdfast.core.facts import Withheld
from holdfast.core.hcl_strings import hcl_string
from holdfast.core.lock_tables import LOCK_KEY
from holdfast.core.steps import (
    AddLifecycleRules,
    AddPolicyStatements,
    BlockPublicAccess,
    BucketStep,
    CreateBucket,
    CreateTable,
    DisableTimeToLive,
    EnablePointInTimeRecovery,
    EnableVersioning,
    EncryptBucket,
    EnforceBucketOwner,
    ProtectTable,
    SwitchTableToOnDemand,
    TableStep,
    Tags,
)
from holdfast.generate.hcl_blocks import (
    HclAttribute,
    HclBlock,
    HclExpression,
    HclItem,
    HclValue,
    hcl_call,
    hcl_comment,
    hcl_text,
    hcl_value,
)
from holdfast.generate.setup_existing import (
    BUCKET_TYPE,
    ENCRYPTION_TYPE,
    LIFECYCLE_TYPE,
    OWNERSHIP_TYPE,
    POLICY_TYPE,
    PUBLIC_ACCESS_TYPE,
    TABLE_TYPE,
    VERSIONING_TYPE,
)
from holdfast.generate.setup_lifecycle import terraform_rules
from holdfast.generate.setup_settings import SetupSettings, TableSettings, policy_document

BUCKET_LABEL = "state"
TABLE_LABEL = "locks"
BUCKET_ARN = f"{BUCKET_TYPE}.{BUCKET_LABEL}.arn"
BUCKET_IDENTIFIER = HclAttribute("bucket", HclExpression(f"{BUCKET_TYPE}.{BUCKET_LABEL}.id"))
KEPT = HclAttribute("prevent_destroy", value=True)
LEFT_ALONE = "This module leaves the {what} of the bucket alone: {why}."


def main_text(settings: SetupSettings, header: str) -> str:
    """Return the text of `main.tf`."""
    blocks = [block for step in settings.bucket_steps for block in _of_bucket(step, settings)]
    if settings.table is not None:
        blocks.append(_table(settings, settings.table))
    left_alone = [
        hcl_comment(LEFT_ALONE.format(what=what, why=why)) for what, why in _left_alone(settings)
    ]
    return "\n\n".join((header, *left_alone, hcl_text(blocks)))


def _left_alone(settings: SetupSettings) -> Iterator[tuple[str, str]]:
    for what, setting in (
        ("default encryption", settings.encryption),
        ("policy", settings.policy),
    ):
        if isinstance(setting, Withheld):
            yield what, f"it could not be read ({setting})"
    if isinstance(settings.lifecycle, Withheld):
        yield "lifecycle", f"it could not be read ({settings.lifecycle})"
    elif terraform_rules(settings.lifecycle) is None:
        yield "lifecycle", "a rule of it cannot be said in Terraform"


def _of_bucket(step: BucketStep, settings: SetupSettings) -> Iterator[HclBlock]:
    match step:
        case CreateBucket():
            yield _bucket(settings)
        case BlockPublicAccess():
            names = ("block_public_acls", "block_public_policy", "ignore_public_acls")
            every = (*names, "restrict_public_buckets")
            yield _part(PUBLIC_ACCESS_TYPE, *(HclAttribute(name, value=True) for name in every))
        case EnableVersioning():
            status = HclAttribute("status", "Enabled")
            yield _part(VERSIONING_TYPE, HclBlock("versioning_configuration", (), (status,)))
        case EncryptBucket() if not isinstance(settings.encryption, Withheld):
            yield _encryption(settings.encryption, settings.kms_key)
        case EnforceBucketOwner():
            ownership = HclAttribute("object_ownership", "BucketOwnerEnforced")
            yield _part(OWNERSHIP_TYPE, HclBlock("rule", (), (ownership,)))
        case AddPolicyStatements() if not isinstance(settings.policy, Withheld):
            yield _policy(settings.policy, settings)
        case AddLifecycleRules() if not isinstance(settings.lifecycle, Withheld):
            rules = terraform_rules(settings.lifecycle)
            if rules is not None:
                # Versions can expire by number only where there are versions (S3 API reference).
                yield _part(LIFECYCLE_TYPE, *rules, after=VERSIONING_TYPE)
        case EncryptBucket() | AddPolicyStatements() | AddLifecycleRules():
            pass
        case _:
            assert_never(step)


def _bucket(settings: SetupSettings) -> HclBlock:
    namespace = HclAttribute("bucket_namespace", "account-regional")
    return HclBlock(
        "resource",
        (BUCKET_TYPE, BUCKET_LABEL),
        (
            HclAttribute("bucket", HclExpression("var.bucket")),
            *((namespace,) if settings.account_regional else ()),
            HclAttribute("tags", _tags(settings.tags_there)),
            _lifecycle(settings.tags_there),
        ),
    )


def _part(kind: str, *items: HclItem, after: str = "") -> HclBlock:
    """Return a resource that sets one thing of the bucket."""
    reference = HclExpression(f"{after}.{BUCKET_LABEL}")
    depends = (HclAttribute("depends_on", [reference]),) if after else ()
    return HclBlock("resource", (kind, BUCKET_LABEL), (BUCKET_IDENTIFIER, *items, *depends))


def _encryption(found: Encryption, kms_key: str | None) -> HclBlock:
    key: HclValue = HclExpression("var.kms_key_arn") if found.key == kms_key else found.key
    default: list[HclItem] = [HclAttribute("sse_algorithm", found.algorithm)]
    if found.key is not None:
        default.append(HclAttribute("kms_master_key_id", key))
    rule: list[HclItem] = []
    if found.bucket_key:
        rule.append(HclAttribute("bucket_key_enabled", value=True))
    if found.blocked_types:
        rule.append(HclAttribute("blocked_encryption_types", list(found.blocked_types)))
    rule.append(HclBlock("apply_server_side_encryption_by_default", (), tuple(default)))
    return _part(ENCRYPTION_TYPE, HclBlock("rule", (), tuple(rule)))


def _policy(policy: str, settings: SetupSettings) -> HclBlock:
    arn = f"arn:{settings.partition}:s3:::{settings.bucket}"
    document = _with_reference(policy_document(policy), arn)
    # S3 refuses one of two changes of a bucket's access at the same time (OperationAborted).
    return _part(
        POLICY_TYPE,
        HclAttribute("policy", hcl_call("jsonencode", document)),
        after=PUBLIC_ACCESS_TYPE,
    )


def _with_reference(value: object, arn: str) -> HclValue:
    """Return a value of a policy in which the bucket's ARN is a reference to it."""
    match value:
        case str() if value == arn:
            return HclExpression(BUCKET_ARN)
        case str() if value.startswith(f"{arn}/"):
            rest = hcl_string(value.removeprefix(arn)).removeprefix('"')
            return HclExpression(f'"${{{BUCKET_ARN}}}{rest}')
        case Mapping():
            return {name: _with_reference(each, arn) for name, each in value.items()}
        case list():
            return [_with_reference(each, arn) for each in value]
        case str() | bool() | int() | float():
            return value
        case _:
            return None


def _table(settings: SetupSettings, table: TableSettings) -> HclBlock:
    items = [item for step in settings.table_steps for item in _of_table(step, table)]
    items += [
        HclBlock("replica", (), (HclAttribute("region_name", region),)) for region in table.replicas
    ]
    if table.key is not None:
        on, key = HclAttribute("enabled", value=True), HclAttribute("kms_key_arn", table.key)
        items.append(HclBlock("server_side_encryption", (), (on, key)))
    items.append(_lifecycle(table.tags_there))
    return HclBlock("resource", (TABLE_TYPE, TABLE_LABEL), tuple(items))


def _of_table(step: TableStep, table: TableSettings) -> Iterator[HclItem]:
    match step:
        case CreateTable():
            yield HclAttribute("name", HclExpression("var.lock_table"))
            yield HclAttribute("billing_mode", "PAY_PER_REQUEST")
            yield HclAttribute("hash_key", LOCK_KEY.name)
            yield HclAttribute("deletion_protection_enabled", value=True)
            yield HclAttribute("tags", _tags(table.tags_there))
            key = (HclAttribute("name", LOCK_KEY.name), HclAttribute("type", LOCK_KEY.type))
            yield HclBlock("attribute", (), key)
        case EnablePointInTimeRecovery():
            on = HclAttribute("enabled", value=True)
            yield HclBlock("point_in_time_recovery", (), (on,))
        case ProtectTable() | SwitchTableToOnDemand() | DisableTimeToLive():
            pass  # repairs of a table: what they set is in the blocks above, or is the default
        case _:
            assert_never(step)


def _tags(there: Tags | Withheld) -> HclValue:
    if isinstance(there, Withheld) or not there:
        return HclExpression("var.tags")
    return HclExpression(f"merge(var.tags, {hcl_value(dict(there))})")


def _lifecycle(tags_there: Tags | Withheld) -> HclBlock:
    if not isinstance(tags_there, Withheld):
        return HclBlock("lifecycle", (), (KEPT,))
    ignored = HclAttribute(
        "ignore_changes",
        [HclExpression("tags"), HclExpression("tags_all")],
        comment=hcl_comment(f"The tags could not be read ({tags_there})."),
    )
    return HclBlock("lifecycle", (), (KEPT, ignored))
