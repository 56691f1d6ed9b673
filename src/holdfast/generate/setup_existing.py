"""What is there already of a bucket and a table, as Terraform resources that can be imported. Pure.

Only what is known to exist is imported. What is not known is said: an import of something that is not there
fails, and so does the creation of something that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from holdfast.core.cloud import (
    Bucket,
    BucketAbsent,
    BucketForeign,
    Ownership,
    PublicAccessBlock,
    Table,
    TableAbsent,
    VersioningStatus,
)
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.core.lock_tables import has_lock_schema, key_words
from holdfast.generate.setup_settings import SetupSettings, TableSettings

Value = TypeVar("Value")

BUCKET_TYPE = "aws_s3_bucket"
PUBLIC_ACCESS_TYPE = "aws_s3_bucket_public_access_block"
VERSIONING_TYPE = "aws_s3_bucket_versioning"
ENCRYPTION_TYPE = "aws_s3_bucket_server_side_encryption_configuration"
OWNERSHIP_TYPE = "aws_s3_bucket_ownership_controls"
POLICY_TYPE = "aws_s3_bucket_policy"
LIFECYCLE_TYPE = "aws_s3_bucket_lifecycle_configuration"
TABLE_TYPE = "aws_dynamodb_table"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingResource:
    """A resource that is known to exist: its type and the identifier that an import takes.

    The identifiers are those of the AWS provider 6: the bucket's name, the table's name.
    """

    type: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """What exists, and in words what is not known or in the way."""

    resources: tuple[ExistingResource, ...]
    not_known: tuple[str, ...]


def existing(settings: SetupSettings) -> Existing:
    """Return what there is to import for a backend."""
    resources: list[ExistingResource] = []
    not_known: list[str] = []
    for part in (*_of_bucket(settings), *_of_table(settings.table)):
        if isinstance(part, ExistingResource):
            resources.append(part)
        else:
            not_known.append(part)
    return Existing(resources=tuple(resources), not_known=tuple(not_known))


def _of_bucket(settings: SetupSettings) -> Iterator[ExistingResource | str]:
    name = settings.bucket
    match settings.bucket_there:
        case Withheld() as withheld:
            yield f"whether bucket `{name}` exists: {withheld}"
        case BucketAbsent():
            pass
        case BucketForeign():
            yield f"bucket `{name}` belongs to another account: this module cannot create it"
        case Bucket() as bucket:
            yield ExistingResource(type=BUCKET_TYPE, identifier=name)
            if isinstance(bucket.region, Known) and bucket.region.value != settings.region:
                yield f"bucket `{name}` is in {bucket.region.value}, and not in {settings.region}"
            for kind, words, there in _parts(bucket):
                match there:
                    case Known(True):
                        yield ExistingResource(type=kind, identifier=name)
                    case Known(_):
                        pass
                    case Withheld() as withheld:
                        yield f"whether bucket `{name}` has {words}: {withheld}"


def _parts(bucket: Bucket) -> Iterator[tuple[str, str, Fact[bool]]]:
    """Yield each setting that is a resource of its own: its type, its name in words, whether it is there."""
    block, versioning = bucket.public_access_block, bucket.versioning
    yield PUBLIC_ACCESS_TYPE, "a public access block", _is(block, _blocks_anything)
    yield (
        VERSIONING_TYPE,
        "versioning",
        _is(versioning, lambda found: found.status is not VersioningStatus.OFF),
    )
    yield ENCRYPTION_TYPE, "default encryption", _is(bucket.encryption, bool)
    yield (
        OWNERSHIP_TYPE,
        "ownership controls",
        _is(bucket.ownership, lambda found: found is not Ownership.UNSET),
    )
    yield POLICY_TYPE, "a policy", _is(bucket.policy, lambda found: found is not None)
    yield LIFECYCLE_TYPE, "lifecycle rules", _is(bucket.lifecycle, bool)


def _blocks_anything(block: PublicAccessBlock) -> bool:
    """Tell whether there is a configuration at all: one that blocks nothing reads like none."""
    return block != PublicAccessBlock(
        block_public_acls=False,
        ignore_public_acls=False,
        block_public_policy=False,
        restrict_public_buckets=False,
    )


def _of_table(table: TableSettings | None) -> Iterator[ExistingResource | str]:
    match table.there if table is not None else None:
        case Withheld() as withheld if table is not None:
            yield f"whether table `{table.name}` exists: {withheld}"
        case Table() as there if not has_lock_schema(there):
            yield (
                f"table `{there.name}` exists with the key {key_words(there)}, and no lock fits in it:"
                " `holdfast explain lock-table-schema-wrong`"
            )
        case Table() as there:
            yield ExistingResource(type=TABLE_TYPE, identifier=there.name)
            if there.indexes:
                yield (
                    f"table `{there.name}` has indexes ({', '.join(there.indexes)}), which locks do not"
                    " use: Terraform will remove them unless they are written into the module"
                )
        case TableAbsent() | None | Withheld():
            pass


def _is(fact: Fact[Value], test: Callable[[Value], bool]) -> Fact[bool]:
    return Known(test(fact.value)) if isinstance(fact, Known) else fact
