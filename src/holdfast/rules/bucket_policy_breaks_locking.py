"""The bucket policy refuses what the engines send to lock, unlock or write a state.

## What it checks
Every `Deny` statement against the requests that the roots in the code make: writing, reading and deleting
`.tflock` objects where they use lock files, reading and writing states, with the encryption header that their
`encrypt` and `kms_key_id` produce. Found are, for example: a denied `s3:DeleteObject`, a demanded `If-Match` for
deletes or `If-None-Match` for states, an encryption header that is demanded and not sent. Where it depends on
who asks, and that cannot be told, the finding says on what. Who asks is the role that the code names, or whoever
runs the audit; a role of which only a session is known is taken to have no path.

## Why it matters
An unlock that is refused leaves the lock behind after an apply that succeeded, and people learn to remove locks
by force. A refused write of a state leaves an `errored.tfstate` on the machine that ran it.

## Fix
Exempt `*.tflock` from the statement, or the roles that run the engines; or change `encrypt` and `kms_key_id` to
what the statement demands. Holdfast changes no statement that others wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.cleaning import printable
from holdfast.core.cloud import Bucket, ObservedBackend
from holdfast.core.evidence import quoted
from holdfast.core.findings import Evidence, Hit, Severity, bucket_rule
from holdfast.core.policy_document import Statement
from holdfast.core.policy_locking import Refusal, statements_that_break_locking
from holdfast.core.requesters import requester_of
from holdfast.core.stored_policy import stored_policy
from holdfast.core.whereabouts import partition_name_of

SHOWN_MAX = 5


@bucket_rule(Severity.HIGH)
def bucket_policy_breaks_locking(bucket: Bucket, observed: ObservedBackend) -> Iterator[Hit]:
    """Look for statements that refuse requests of the engines."""
    policy = stored_policy(bucket.policy)
    if policy is None:
        return
    refusals = statements_that_break_locking(
        policy,
        bucket=bucket.name,
        partition=partition_name_of(observed),
        uses=observed.backend.uses,
        requester=requester_of(observed),
    )
    for refusal in refusals:
        verb = "keeps" if refusal.certain else "may keep"
        statement = f"{_name(refusal.statement)} of bucket `{bucket.name}`"
        yield Hit(
            message=f"{statement} {verb} roots from locking or writing",
            evidence=(
                Evidence(label="statement", text=printable(refusal.statement.document)),
                Evidence(label="reason", text=refusal.reason),
                *_refused(refusal),
            ),
            advice=_advice(refusal),
            subject=refusal.roots[0] if len(refusal.roots) == 1 else "",
        )


def _name(statement: Statement) -> str:
    return f"statement `{printable(statement.sid)}`" if statement.sid else "a statement"


def _refused(refusal: Refusal) -> Iterator[Evidence]:
    label = "refuses" if refusal.certain else "may refuse"
    for request in refusal.requests[:SHOWN_MAX]:
        yield Evidence(label=label, text=request)
    if len(refusal.requests) > SHOWN_MAX:
        yield Evidence(label=label, text=f"{len(refusal.requests) - SHOWN_MAX} more")


def _advice(refusal: Refusal) -> str:
    if refusal.certain:
        return "Exempt the roles that run the engines, or `*.tflock`, from the statement."
    keys = quoted(printable(key) for key in refusal.depends_on)
    return f"It depends on {keys}: make sure that the roles that run the engines are exempt."
