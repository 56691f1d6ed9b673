"""Accounts: whether credentials are of one in which a backend may be touched. Pure.

Three things can say so, and each of them is kept: the declared account, the ids that the code allows, and those
that it forbids.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.cloud import ObservedBackend
from holdfast.core.facts import Known, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAccount:
    """An account in which the backend must not be touched; `expected` is empty when the code forbids it."""

    actual: str
    expected: tuple[str, ...]

    @property
    def expected_words(self) -> str:
        """Return the accounts that would be right; empty when all but this one may be."""
        return " or ".join(map(printable, self.expected))

    def __str__(self) -> str:
        """Say whose credentials these are, and whose they should be."""
        if not self.expected:
            return f"the credentials are of account {self.actual}, which the code forbids"
        return f"the credentials are of account {self.actual}, not {self.expected_words}"


def wrong_account(backend: Backend, actual: str) -> WrongAccount | None:
    """Return what is wrong with an account; None when nothing speaks against it."""
    if backend.account not in {None, actual}:
        return WrongAccount(actual=actual, expected=(str(backend.account),))
    if actual in backend.accounts_forbidden:
        return WrongAccount(actual=actual, expected=())
    if backend.accounts_allowed and actual not in backend.accounts_allowed:
        return WrongAccount(actual=actual, expected=backend.accounts_allowed)
    return None


def wrong_account_of(observed: ObservedBackend) -> WrongAccount | None:
    """Return what is wrong with the account that a backend was read with; None when it is right or not known."""
    match observed.caller:
        case Known(caller):
            return wrong_account(observed.backend, caller.account)
        case Withheld():
            return None


def names_accounts(backend: Backend) -> bool:
    """Tell whether anything says which accounts are right, so that an unknown one is not good enough."""
    return (
        backend.account is not None
        or bool(backend.accounts_allowed)
        or bool(backend.accounts_forbidden)
    )
