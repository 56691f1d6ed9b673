"""Who uses a backend, as policies name them. Pure."""

from __future__ import annotations

import re

from holdfast.core.cloud import ObservedBackend
from holdfast.core.facts import Known
from holdfast.core.policy_principals import Requester

SESSION_PATTERN = re.compile(
    r"^arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/"
)
ACCOUNT_PATTERN = re.compile(r"^arn:[a-z-]+:iam::(?P<account>\d{12}):")


def requester_of(observed: ObservedBackend) -> Requester:
    """Return who asks for the backend's states: the role that its code names, or whoever reads it now.

    A session's ARN has the name of its role without the path (IAM user guide, "aws:PrincipalArn").
    """
    role = observed.backend.access.role_arn
    if role is not None:
        match = ACCOUNT_PATTERN.match(role)
        return Requester(arn=role, account=match["account"] if match else None)
    if not isinstance(observed.caller, Known):
        return Requester()
    caller = observed.caller.value
    session = SESSION_PATTERN.match(caller.arn)
    if session is None:
        return Requester(arn=caller.arn, account=caller.account)
    arn = f"arn:{session['partition']}:iam::{session['account']}:role/{session['role']}"
    return Requester(arn=arn, account=caller.account, path_known=False)
