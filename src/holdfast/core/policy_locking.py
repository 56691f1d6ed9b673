"""Statements of a bucket policy that refuse what the engines send for a state or its lock. Pure.

What they send was measured with Terraform 1.11.4: a lock is written with `If-None-Match: *`, read, and
deleted without any condition; a state is written without any condition; `encrypt` adds the header `AES256`,
or `aws:kms` and the key when `kms_key_id` is set, to states and locks alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from holdfast.core.backends import StateUse
from holdfast.core.policy_answers import Answer
from holdfast.core.policy_conditions import Request, applies
from holdfast.core.policy_document import PolicyDocument, Statement
from holdfast.core.policy_evaluation import unknown_keys
from holdfast.core.policy_matching import reaches_action, reaches_resource
from holdfast.core.policy_principals import Requester, names_sessions

SSE_KEY = "s3:x-amz-server-side-encryption"
KMS_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
IF_NONE_MATCH = "s3:if-none-match"
IF_MATCH = "s3:if-match"

# What every request of an engine carries. Go speaks TLS 1.3 with AWS. None: the header is not sent, unless
# the rarely used `acl` or `sse_customer_key` is set, which is then refused by name.
CONTEXT: Mapping[str, str | None] = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:principalisawsservice": "false",
    "aws:viaawsservice": "false",
    "s3:x-amz-acl": None,
    "s3:x-amz-copy-source": None,
    "s3:x-amz-grant-full-control": None,
    "s3:x-amz-grant-read": None,
    "s3:x-amz-grant-read-acp": None,
    "s3:x-amz-grant-write": None,
    "s3:x-amz-grant-write-acp": None,
    "s3:x-amz-server-side-encryption-customer-algorithm": None,
    "s3:x-amz-storage-class": None,
    IF_MATCH: None,
    IF_NONE_MATCH: None,
}
NO_ENCRYPTION: Mapping[str, str | None] = {SSE_KEY: None, KMS_KEY: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A statement that refuses requests of the engines, and which.

    `requests` are words such as `s3:DeleteObject on network/terraform.tfstate.tflock`. `certain` is False
    when it depends on something that is not known here; `depends_on` are the condition keys.
    """

    statement: Statement
    reason: str
    requests: tuple[str, ...]
    roots: tuple[str, ...]
    certain: bool
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One request of one root, and what it is for."""

    request: Request
    name: str
    lock: bool
    use: StateUse


def statements_that_break_locking(
    policy: PolicyDocument,
    *,
    bucket: str,
    partition: str,
    uses: Sequence[StateUse],
    requester: Requester,
) -> tuple[Refusal, ...]:
    """Return the statements that refuse to write, lock or unlock the states of these uses.

    `requester` is who read the policy. That it could be read proves something: a statement that denies
    everything under conditions about who asks and from where did not hold for this reader.
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    sent = [each for use in uses for each in _sent(use, arn, requester)]
    refusals = (_refusal(statement, sent, arn) for statement in policy.statements)
    return tuple(each for each in refusals if each is not None)


def _sent(use: StateUse, arn: str, requester: Requester) -> Iterator[_Sent]:
    for key in use.state_keys():
        for action in ("s3:GetObject", "s3:PutObject"):
            yield _request(use, arn, requester, name=key, action=action, lock=False)
        if use.locking.uses_lockfile:
            for action in ("s3:PutObject", "s3:GetObject", "s3:DeleteObject"):
                name = f"{key}.tflock"
                yield _request(use, arn, requester, name=name, action=action, lock=True)


def _request(
    use: StateUse, arn: str, requester: Requester, *, name: str, action: str, lock: bool
) -> _Sent:
    context = dict(CONTEXT)
    if requester.account is not None:
        context["aws:principalaccount"] = requester.account
    if action == "s3:PutObject":
        context |= encryption_context(use)
        context[IF_NONE_MATCH] = "*" if lock else None
    else:
        context |= NO_ENCRYPTION
    request = Request(action=action, resource=f"{arn}/{name}", requester=requester, context=context)
    return _Sent(request=request, name=name, lock=lock, use=use)


def encryption_context(use: StateUse) -> Mapping[str, str | None]:
    """Return what is known of the encryption headers of a write; a key that is no ARN may be compared to one by S3."""
    if not use.encrypt:
        return NO_ENCRYPTION
    if use.kms_key is None:
        return {SSE_KEY: "AES256", KMS_KEY: None}
    named = {KMS_KEY: use.kms_key} if use.kms_key.startswith("arn:") else {}
    return {SSE_KEY: "aws:kms", **named}


def _refusal(statement: Statement, sent: Sequence[_Sent], arn: str) -> Refusal | None:
    if not statement.denies:
        return None
    answers = [(each, _answer(statement, each.request)) for each in sent]
    certain = [each for each, answer in answers if answer is Answer.YES]
    possible = [each for each, answer in answers if answer is Answer.MAYBE]
    if not certain and (not possible or _is_disproved(statement, arn)):
        return None
    refused = certain or possible
    return Refusal(
        statement=statement,
        reason=_reason(statement, refused),
        requests=_each_once(f"{each.request.action} on {each.name}" for each in refused),
        roots=_each_once(each.use.root_path for each in refused),
        certain=bool(certain),
        depends_on=() if certain else unknown_keys(statement, refused[0].request),
    )


def _answer(statement: Statement, request: Request) -> Answer:
    """Tell whether a statement refuses a request.

    Of a session's role nobody knows the path. A statement that would spare the role if it has none, as most have, is taken
    to mean it: every guard that exempts the role that runs the audit would be reported otherwise.
    """
    found = applies(statement, request)
    if found is Answer.MAYBE:
        without_path = replace(request, requester=request.requester.without_path())
        if applies(statement, without_path) is Answer.NO:
            return Answer.NO
    return found


def _is_disproved(statement: Statement, arn: str) -> bool:
    """Tell whether the statement would have refused to let its own policy be read.

    What depends on the name of a session proves nothing: the engines' sessions have other names.
    """
    if names_sessions(statement.principals):
        return False
    reads = reaches_action(statement.actions, "s3:GetBucketPolicy") and reaches_resource(
        statement.resources, arn
    )
    return reads and all(each.key.lower().startswith("aws:") for each in statement.conditions)


def _reason(statement: Statement, refused: Sequence[_Sent]) -> str:
    """Say in words what is refused, from the conditions that decide it."""
    keys = {each.key.lower() for each in statement.conditions}
    sent = refused[0]
    if IF_MATCH in keys and sent.request.action == "s3:DeleteObject":
        return "it demands `If-Match` for a delete, and the engines unlock without"
    if IF_NONE_MATCH in keys and not sent.lock:
        return "it demands `If-None-Match` for every write, and the engines write states without"
    if keys & {SSE_KEY, KMS_KEY}:
        header = sent.request.context.get(SSE_KEY)
        words = "no encryption header" if header is None else f"the encryption header `{header}`"
        key = sent.request.context.get(KMS_KEY)
        return f"it refuses writes with {words}{f' and the key `{key}`' if key else ''}"
    actions = _each_once(each.request.action for each in refused)
    objects = "locks" if all(each.lock for each in refused) else "states and their locks"
    return f"it denies {', '.join(actions)} on {objects}"


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
