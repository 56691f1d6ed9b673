"""The requests that an engine makes for one state, each with what it carries, for policies to be asked about. Pure.

Sources as in `engine_calls`; the headers are those of `policy_locking`, the condition keys those of the Service Authorization
Reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.core.engine_calls import CALLS, KMS_ACTIONS, CallTarget, EngineCall, EngineVerb
from holdfast.core.permission_scope import (
    BackendScope,
    StateScope,
    digest_item_id,
    lock_item_id,
    lock_object_key,
)
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_locking import CONTEXT, IF_NONE_MATCH, NO_ENCRYPTION
from holdfast.core.policy_principals import Requester

# Without these an engine goes on, and what is lost is said.
LOSSES: Mapping[EngineCall, str] = {
    EngineCall("s3:ListBucket", CallTarget.PRESENCE): (
        "S3 says 403 of a state that is not there yet, so that its very first `init` fails"
    ),
    EngineCall("dynamodb:GetItem", CallTarget.DIGEST): (
        "the digest is not compared, and nobody notices a state that was replaced"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """One request, what it is about, and what is lost without it; empty where the verb then fails."""

    request: Request
    target: CallTarget
    loss: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInQuestion:
    """A state, where it is, and what its writes carry.

    `key_arns` are the KMS keys of its objects, `table_key_arn` is that of its table. `bucket_key` says that KMS then sees the bucket instead of the object.
    `write_headers` are the condition keys of the encryption headers that are known.
    """

    backend: BackendScope
    state: StateScope
    key_arns: tuple[str, ...] = ()
    table_key_arn: str | None = None
    bucket_key: bool = False
    write_headers: Mapping[str, str | None]


def requests_for(
    verb: EngineVerb, question: StateInQuestion, requester: Requester
) -> tuple[EngineRequest, ...]:
    """Return what an engine asks of AWS for one verb on one state, each request once."""
    found: dict[tuple[str, str, str], EngineRequest] = {}
    for call in CALLS[verb]:
        for each in _requests_of(call, question, requester):
            request = each.request
            found.setdefault((request.action, request.resource, each.target.value), each)
    return tuple(found.values())


def _requests_of(
    call: EngineCall, question: StateInQuestion, requester: Requester
) -> Iterator[EngineRequest]:
    state = question.state
    match call.target:
        case CallTarget.WORKSPACES:
            if state.lists_workspaces:
                yield _listing(call, question, requester, prefix=state.listed_prefix)
        case CallTarget.MOVED_WORKSPACES:
            yield _listing(call, question, requester, prefix=state.listed_prefix)
        case CallTarget.EVERY_KEY | CallTarget.VERSIONING:
            yield _listing(call, question, requester, prefix=None)
        case CallTarget.PRESENCE | CallTarget.VERSIONS:
            yield _listing(call, question, requester, prefix=state.key)
        case CallTarget.LOCK_PRESENCE:
            yield _listing(call, question, requester, prefix=lock_object_key(state.key))
        case CallTarget.STATE:
            yield from _on_object(call, question, requester, key=state.key)
        case CallTarget.LOCK_FILE:
            if state.lockfile:
                yield from _on_object(call, question, requester, key=lock_object_key(state.key))
        case CallTarget.LOCK_ITEM | CallTarget.DIGEST | CallTarget.EVERY_ITEM:
            if state.table is not None:
                yield from _on_item(call, question, requester, table=state.table)


def _on_item(
    call: EngineCall, question: StateInQuestion, requester: Requester, *, table: str
) -> Iterator[EngineRequest]:
    """Yield the request, and what DynamoDB asks of KMS in the name of the requester."""
    backend = question.backend
    arn, loss = backend.table_arn(table), LOSSES.get(call, "")
    name = digest_item_id if call.target is CallTarget.DIGEST else lock_item_id
    item = (name(backend.bucket, question.state.key),)
    yield _request(
        call,
        requester,
        resource=arn,
        context={"dynamodb:leadingkeys": None if call.target is CallTarget.EVERY_ITEM else item},
        loss=loss,
    )
    if question.table_key_arn is None:
        return
    # DynamoDB developer guide, "DynamoDB encryption context".
    context = {
        "kms:viaservice": backend.table_service(table),
        "kms:calleraccount": requester.account,
        "kms:encryptioncontext:aws:dynamodb:tablename": arn.rpartition("/")[2],
        "kms:encryptioncontext:aws:dynamodb:subscriberid": arn.split(":")[4],
        "kms:encryptioncontextkeys": ("aws:dynamodb:tableName", "aws:dynamodb:subscriberId"),
        "kms:grantisforawsresource": None,
    }
    for action in KMS_ACTIONS.get(call.action, ()):
        yield _request(
            EngineCall(action, call.target),
            requester,
            resource=question.table_key_arn,
            context=context,
            loss=loss,
        )


def _listing(
    call: EngineCall, question: StateInQuestion, requester: Requester, *, prefix: str | None
) -> EngineRequest:
    return _request(
        call,
        requester,
        resource=question.backend.bucket_arn,
        context={**CONTEXT, "s3:prefix": prefix, "s3:delimiter": None},
        loss=LOSSES.get(call, ""),
    )


def _on_object(
    call: EngineCall, question: StateInQuestion, requester: Requester, *, key: str
) -> Iterator[EngineRequest]:
    """Yield the request, and what S3 asks of KMS in the name of the requester."""
    backend = question.backend
    arn = backend.object_arn(key)
    headers: Mapping[str, str | None] = NO_ENCRYPTION
    if call.action == "s3:PutObject":
        condition = "*" if call.target is CallTarget.LOCK_FILE else None
        headers = {**question.write_headers, IF_NONE_MATCH: condition}
    yield _request(call, requester, resource=arn, context={**CONTEXT, **headers})
    for key_arn in question.key_arns:
        for action in KMS_ACTIONS.get(call.action, ()):
            yield _request(
                EngineCall(action, call.target),
                requester,
                resource=key_arn,
                context={
                    "kms:viaservice": f"s3.{backend.region}.{backend.dns_suffix}",
                    "kms:calleraccount": requester.account,
                    "kms:encryptioncontext:aws:s3:arn": (
                        backend.bucket_arn if question.bucket_key else arn
                    ),
                    "kms:encryptioncontextkeys": ("aws:s3:arn",),
                    "kms:grantisforawsresource": None,
                },
            )


def _request(
    call: EngineCall,
    requester: Requester,
    *,
    resource: str,
    context: Mapping[str, str | tuple[str, ...] | None],
    loss: str = "",
) -> EngineRequest:
    known: dict[str, str | tuple[str, ...] | None] = {"aws:securetransport": "true", **context}
    if requester.account is not None:
        known["aws:principalaccount"] = requester.account
        known["aws:principaltype"] = "AssumedRole"
    request = Request(action=call.action, resource=resource, requester=requester, context=known)
    return EngineRequest(request=request, target=call.target, loss=loss)
