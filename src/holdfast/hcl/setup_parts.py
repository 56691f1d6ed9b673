"""Read what a setup module sets: its resources, and the arguments that harden its bucket and its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.core.repository import Literal, LiteralValue, SetupPart
from holdfast.core.source import SourceSpan
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.module_scope import RESOURCE_KINDS, ModuleScope, PlacedBlock
from holdfast.hcl.state_names import registry_name
from holdfast.hcl.syntax import AttributeSyntax, BlockSyntax, BodySyntax

BUCKET_PREFIX = "aws_s3_bucket"
# Blocks that the AWS provider had inside the bucket before version 4, by the resource that sets the same now.
INLINE = {
    "versioning": "aws_s3_bucket_versioning",
    "server_side_encryption_configuration": "aws_s3_bucket_server_side_encryption_configuration",
    "lifecycle_rule": "aws_s3_bucket_lifecycle_configuration",
}


@dataclass(frozen=True, slots=True)
class _Hardening:
    """An argument that hardens a resource: the blocks that lead to it, its name, and the value that does."""

    path: tuple[str, ...]
    value: LiteralValue


HARDENING: dict[str, tuple[_Hardening, ...]] = {
    "aws_s3_bucket": (_Hardening(("lifecycle", "prevent_destroy"), value=True),),
    "aws_s3_bucket_versioning": (_Hardening(("versioning_configuration", "status"), "Enabled"),),
    "aws_s3_bucket_server_side_encryption_configuration": (
        _Hardening(("rule", "apply_server_side_encryption_by_default", "sse_algorithm"), "aws:kms"),
    ),
    "aws_s3_bucket_public_access_block": tuple(
        _Hardening((name,), value=True)
        for name in (
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
        )
    ),
    "aws_s3_bucket_ownership_controls": (
        _Hardening(("rule", "object_ownership"), "BucketOwnerEnforced"),
    ),
    "aws_dynamodb_table": (
        _Hardening(("billing_mode",), "PAY_PER_REQUEST"),
        _Hardening(("deletion_protection_enabled",), value=True),
        _Hardening(("point_in_time_recovery", "enabled"), value=True),
        _Hardening(("server_side_encryption", "enabled"), value=True),
        _Hardening(("lifecycle", "prevent_destroy"), value=True),
    ),
}


def parts_of(placed: PlacedBlock, scope: ModuleScope) -> Iterator[SetupPart]:
    """Yield what one block of a module sets; nothing for a block that is neither resource nor public module."""
    block = placed.block
    match block.type, block.labels:
        case "resource", (kind, label):
            address, owner = f"{kind}.{label}", _owner(kind, block.body, scope)
            yield _part(kind, address, placed, owner)
            if kind == BUCKET_PREFIX:
                for inline in block.body.blocks:
                    if inline.type in INLINE:
                        yield _part(INLINE[inline.type], address, placed, owner, inline)
            for hardening in HARDENING.get(kind, ()):
                place = _place_of(block.body, hardening, scope)
                if place is not None:
                    name = ".".join((kind, *hardening.path))
                    yield _part(name, address, placed, owner, place)
        case "module", (label,):
            source = evaluate_text(block.body.attribute("source"), scope)
            if source and not source.startswith("."):
                yield _part(f"module {registry_name(source)}", f"module.{label}", placed, None)
        case _:
            pass


def is_repeated(body: BodySyntax) -> bool:
    """Tell whether a block stands for any number of things, so that its own address names none of them."""
    return body.attribute("count") is not None or body.attribute("for_each") is not None


def evaluate_text(attribute: AttributeSyntax | None, scope: ModuleScope) -> str:
    """Return what an attribute says, where it is a text that the module itself decides."""
    match evaluate(attribute.expression, scope) if attribute is not None else None:
        case Literal(str(text)):
            return text
        case _:
            return ""


def _owner(kind: str, body: BodySyntax, scope: ModuleScope) -> str | None:
    argument = RESOURCE_KINDS[kind][1] if kind in RESOURCE_KINDS else "bucket"
    if not kind.startswith((BUCKET_PREFIX, *RESOURCE_KINDS)) or is_repeated(body):
        return None
    return evaluate_text(body.attribute(argument), scope) or None


def _place_of(
    body: BodySyntax, hardening: _Hardening, scope: ModuleScope
) -> AttributeSyntax | None:
    """Return the argument where it hardens: an expression that nobody has evaluated counts as if it did."""
    *blocks, name = hardening.path
    bodies = [body]
    for block_type in blocks:
        bodies = [block.body for each in bodies for block in each.blocks_of(block_type)]
    for each in bodies:
        attribute = each.attribute(name)
        if attribute is None:
            continue
        match evaluate(attribute.expression, scope):
            case Literal(value) if value != hardening.value:
                pass
            case _:
                return attribute
    return None


def _part(
    kind: str,
    address: str,
    placed: PlacedBlock,
    owner: str | None,
    place: BlockSyntax | AttributeSyntax | None = None,
) -> SetupPart:
    at = place or placed.block
    return SetupPart(
        kind=kind, address=address, span=SourceSpan(placed.path, at.line, at.column), owner=owner
    )
