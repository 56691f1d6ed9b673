"""A backend's bucket and table as a CloudFormation template that keeps both when the stack goes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.cloud import Encryption
from holdfast.core.facts import Withheld
from holdfast.core.generated import MARK, GeneratedFile
from holdfast.core.lock_tables import LOCK_KEY
from holdfast.core.steps import Tags
from holdfast.generate.setup_existing import Existing, existing
from holdfast.generate.setup_lifecycle import cloudformation_rules
from holdfast.generate.setup_settings import (
    SetupSettings,
    TableSettings,
    policy_document,
)
from holdfast.generate.yaml_text import YamlValue, yaml_comment, yaml_text

TEMPLATE_NAME = "template.yaml"
RETAINED: Mapping[str, YamlValue] = {
    "DeletionPolicy": "Retain",
    "UpdateReplacePolicy": "Retain",
}
BUCKET_ID = "StateBucket"
POLICY_ID = "StateBucketPolicy"
TABLE_ID = "LockTable"


def cloudformation_template(settings: SetupSettings, directory: str) -> GeneratedFile:
    """Return the template; its first lines say what has to be imported into the stack, or is not known."""
    resources: dict[str, YamlValue] = {BUCKET_ID: _resource("AWS::S3::Bucket", _bucket(settings))}
    if not isinstance(settings.policy, Withheld):
        properties: dict[str, YamlValue] = {
            "Bucket": {"Ref": BUCKET_ID},
            "PolicyDocument": _value(policy_document(settings.policy)),
        }
        resources[POLICY_ID] = _resource("AWS::S3::BucketPolicy", properties)
    if settings.table is not None:
        resources[TABLE_ID] = _resource(
            "AWS::DynamoDB::Table", _table(settings.table, settings.tags)
        )
    document: dict[str, YamlValue] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"State backend {settings.backend} in {settings.region}",
        "Resources": resources,
        "Outputs": _outputs(settings),
    }
    comment = "\n".join(_comment(settings, existing(settings)))
    return GeneratedFile(
        path=f"{directory}/{TEMPLATE_NAME}".removeprefix("./"),
        text=yaml_comment(comment) + yaml_text(document),
    )


def _comment(settings: SetupSettings, found: Existing) -> Iterator[str]:
    yield f"{MARK}: `holdfast generate setup --format cloudformation`."
    yield f"For region {settings.region}" + (
        f" of account {settings.account}." if settings.account else "."
    )
    if found.resources:
        names = dict.fromkeys(each.identifier for each in found.resources)
        yield "What exists is taken over by a change set of type IMPORT, before the rest is created:"
        yield from (f"- {name}" for name in names)
    if found.not_known:
        yield "Not known, or in the way:"
        yield from (f"- {each}" for each in found.not_known)
    yield from _left_alone(settings)


def _left_alone(settings: SetupSettings) -> Iterator[str]:
    settings_by_name = (
        ("default encryption", settings.encryption),
        ("policy", settings.policy),
        ("lifecycle", settings.lifecycle),
        ("tags", settings.tags_there),
    )
    for what, setting in settings_by_name:
        if isinstance(setting, Withheld):
            yield f"The {what} of the bucket could not be read ({setting}) and is not in the template."
    if settings.table is not None and settings.table.replicas:
        regions = ", ".join(settings.table.replicas)
        yield f"The table has replicas ({regions}), which this type of resource cannot have: do not import it."
    if (
        not isinstance(settings.lifecycle, Withheld)
        and cloudformation_rules(settings.lifecycle) is None
    ):
        yield "A lifecycle rule of the bucket cannot be said in CloudFormation: none is in the template."


def _bucket(settings: SetupSettings) -> Mapping[str, YamlValue]:
    properties: dict[str, YamlValue] = {"BucketName": settings.bucket}
    if settings.account_regional:
        properties["BucketNamespace"] = "account-regional"
    properties["PublicAccessBlockConfiguration"] = {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    properties["VersioningConfiguration"] = {"Status": "Enabled"}
    if not isinstance(settings.encryption, Withheld):
        properties["BucketEncryption"] = _encryption(settings.encryption)
    properties["OwnershipControls"] = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    if not isinstance(settings.lifecycle, Withheld):
        rules = cloudformation_rules(settings.lifecycle)
        if rules is not None:
            properties["LifecycleConfiguration"] = {"Rules": [_value(rule) for rule in rules]}
    if not isinstance(settings.tags_there, Withheld):
        properties["Tags"] = _tags(settings.tags, settings.tags_there)
    return properties


def _encryption(found: Encryption) -> Mapping[str, YamlValue]:
    default: dict[str, YamlValue] = {"SSEAlgorithm": found.algorithm}
    if found.key is not None:
        default["KMSMasterKeyID"] = found.key
    rule: dict[str, YamlValue] = {"ServerSideEncryptionByDefault": default}
    if found.bucket_key:
        rule["BucketKeyEnabled"] = True
    if found.blocked_types:
        rule["BlockedEncryptionTypes"] = {"EncryptionType": list(found.blocked_types)}
    return {"ServerSideEncryptionConfiguration": [rule]}


def _table(table: TableSettings, tags: Tags) -> Mapping[str, YamlValue]:
    properties: dict[str, YamlValue] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": LOCK_KEY.name, "AttributeType": LOCK_KEY.type},
        ],
        "KeySchema": [{"AttributeName": LOCK_KEY.name, "KeyType": "HASH"}],
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }
    if table.key is not None:
        properties["SSESpecification"] = {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": table.key,
        }
    if not isinstance(table.tags_there, Withheld):
        properties["Tags"] = _tags(tags, table.tags_there)
    return properties


def _outputs(settings: SetupSettings) -> Mapping[str, YamlValue]:
    outputs: dict[str, YamlValue] = {
        "Bucket": {"Description": "Name of the bucket", "Value": {"Ref": BUCKET_ID}}
    }
    if settings.table is not None:
        outputs["LockTable"] = {"Description": "Name of the lock table", "Value": {"Ref": TABLE_ID}}
    return outputs


def _resource(kind: str, properties: Mapping[str, YamlValue]) -> YamlValue:
    return {"Type": kind, **RETAINED, "Properties": properties}


def _tags(wished: Tags, there: Tags) -> YamlValue:
    return [{"Key": name, "Value": value} for name, value in (dict(wished) | dict(there)).items()]


def _value(value: object) -> YamlValue:
    """Return a value of a JSON document as one of YAML."""
    match value:
        case Mapping():
            return {str(name): _value(each) for name, each in value.items()}
        case str() | bool() | int():
            return value
        case Sequence():
            return [_value(each) for each in value]
        case _:
            return json.dumps(value)
