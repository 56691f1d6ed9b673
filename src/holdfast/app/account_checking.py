"""Check whose credentials there are, before anything is changed for a backend."""

from __future__ import annotations

from holdfast.aws.connections import Connections
from holdfast.aws.identity_reads import CallerAddress, caller_identity
from holdfast.core.accounts import names_accounts, wrong_account
from holdfast.core.backends import Backend
from holdfast.core.cloud import Caller
from holdfast.core.facts import Fact, Known, Withheld
from holdfast.errors import AccountMismatchError, AccountUnknownError


def is_outside_aws(backend: Backend, *, connections: Connections) -> bool:
    """Tell whether AWS itself is asked for nothing: then nobody there has to say whose account it is.

    A table in AWS beside a bucket elsewhere is in an account of AWS, and that must be the right one.
    """
    leaves_store, access = connections.leaves_store, backend.access
    has_table_in_aws = bool(backend.tables) and leaves_store(access, "dynamodb")
    return leaves_store(access, "sts") and not has_table_in_aws


def check_account(backend: Backend, *, connections: Connections) -> str | None:
    """Return the caller's ARN, None where there is nobody to ask.

    Raises `AccountMismatchError` when the credentials are of none of the accounts that are declared or allowed,
    and `AccountUnknownError` when something names accounts and nobody can tell.
    """
    if is_outside_aws(backend, connections=connections):
        return None
    address = CallerAddress(access=backend.access, region=backend.region)
    caller: Fact[Caller] = caller_identity(connections, address)
    match caller:
        case Withheld():
            if names_accounts(backend):
                raise AccountUnknownError(backend.name, reason=str(caller))
            return None
        case Known(known):
            wrong = wrong_account(backend, known.account)
            if wrong is not None:
                raise AccountMismatchError(
                    backend.name,
                    expected=wrong.expected_words,
                    actual=wrong.actual,
                    caller=known.arn,
                )
            return known.arn
