"""Backends held against each other and against AWS: buckets, partitions, regions that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.core.declaration import DeclarationWarning, DeclaredAccount, DeclaredBackend
from holdfast.core.likeness import did_you_mean
from holdfast.core.names import bucket_name_cautions
from holdfast.core.regions import REGIONS, partition_of
from holdfast.core.source import SourceSpan
from holdfast.declaration.accounts import span_of
from holdfast.declaration.document import MappingNode, Node, ScalarNode
from holdfast.declaration.formats import kms_key_arn, role_arn
from holdfast.declaration.mistakes import Position
from holdfast.declaration.sound import SoundValues, entries_of

PARTITION_DEFAULT = "aws"  # of a region that is newer than the table of regions


def compare_partitions(
    region: ScalarNode,
    account: DeclaredAccount | None,
    kms_key: str | None,
    subject: str,
    values: SoundValues,
) -> None:
    """Refuse a role or key of another partition than the region's; an unknown region has none."""
    partition = partition_of(region.text)
    role = role_arn((account.access.role_arn if account is not None else None) or "")
    key = kms_key_arn(kms_key or "")
    for arn, what in (
        (role, f"the role of account `{account.name}`" if account else ""),
        (key, "its key"),
    ):
        if partition is not None and arn is not None and arn.partition != partition.name:
            values.complain(
                region.position,
                f"`region` of {subject} is in partition `{partition.name}`, and {what} in"
                f" `{arn.partition}`",
            )


def compare_backends(backends: Iterable[DeclaredBackend], values: SoundValues) -> None:
    """Refuse a bucket that two backends have, its name is unique within a partition; and an account of two partitions."""
    by_bucket: dict[tuple[str, str], DeclaredBackend] = {}
    by_account: dict[str, DeclaredBackend] = {}
    for each in backends:
        at = Position(each.span.line, each.span.column)
        other = by_bucket.setdefault((_partition_name(each), each.bucket), each)
        if other is not each:
            values.complain(
                at,
                f"backend `{each.name}` has the bucket of backend `{other.name}` on line"
                f" {other.span.line}, `{each.bucket}`; one bucket is one backend",
            )
        if partition_of(each.region) is None:
            continue
        other = by_account.setdefault(each.account.account, each)
        if _partition_name(other) != _partition_name(each):
            values.complain(
                at,
                f"backend `{each.name}` is in partition `{_partition_name(each)}`, and backend"
                f" `{other.name}` on line {other.span.line}, of the same account {each.account.account},"
                f" in `{_partition_name(other)}`",
            )


def backend_warnings(
    root: MappingNode, backends: Iterable[DeclaredBackend], *, path: str
) -> tuple[DeclarationWarning, ...]:
    """Return what is allowed of backends and looks like a mistake: regions that are not known, dots in names."""
    bodies = {entry.key.text: body for entry, body in entries_of(root.value("backends"))}
    return tuple(
        warning for each in backends for warning in _warnings(each, bodies[each.name], path)
    )


def _warnings(
    backend: DeclaredBackend, body: MappingNode, path: str
) -> Iterator[DeclarationWarning]:
    if partition_of(backend.region) is None:
        near = did_you_mean(backend.region, REGIONS)
        words = f"`region` of backend `{backend.name}`: this version does not know `{backend.region}`{near}"
        yield DeclarationWarning(words=words, span=_span(body.value("region"), backend, path))
    for caution in bucket_name_cautions(backend.bucket):
        words = f"`bucket` of backend `{backend.name}`: `{backend.bucket}` {caution}"
        yield DeclarationWarning(words=words, span=_span(body.value("bucket"), backend, path))


def _span(node: Node | None, backend: DeclaredBackend, path: str) -> SourceSpan:
    return span_of(node.position, path) if node is not None else backend.span


def _partition_name(backend: DeclaredBackend) -> str:
    partition = partition_of(backend.region)
    return partition.name if partition is not None else PARTITION_DEFAULT
