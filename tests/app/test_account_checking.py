"""Whose credentials there are: they have to be of an account that is declared or allowed, wherever AWS is asked for anything."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from holdfast.app.account_checking import check_account, is_outside_aws
from holdfast.aws.connections import Connections
from holdfast.core.backends import Access, Backend, Endpoints, Locking
from holdfast.errors import AccountMismatchError, AccountUnknownError
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, site
from tests.support.observation import backend_of, use_credentials

OTHER_STORE = Access(endpoints=Endpoints(s3="http://store.example:9000"))


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def place(account: FreshAccount, connections: Connections, monkeypatch: pytest.MonkeyPatch) -> Site:
    use_credentials(monkeypatch, account.id)
    return site(account, connections)


def backend(place: Site) -> Backend:
    return place.backend(Locking.BOTH)


def test_the_caller_must_be_of_the_declared_account(place: Site) -> None:
    declared = replace(backend(place), account="999999999999")
    with pytest.raises(AccountMismatchError):
        check_account(declared, connections=place.connections)


def test_the_caller_must_be_of_an_account_that_the_code_allows(place: Site) -> None:
    own = place.account.id
    unnamed = replace(backend(place), account=None)
    connections = place.connections
    for wrong in (
        replace(unnamed, accounts_allowed=("888888888888", "999999999999")),
        replace(unnamed, accounts_forbidden=(own,)),
    ):
        with pytest.raises(AccountMismatchError):
            check_account(wrong, connections=connections)
    right = replace(unnamed, accounts_allowed=("999999999999", own))
    assert check_account(right, connections=connections) == f"arn:aws:iam::{own}:root"


def test_the_caller_is_named(place: Site) -> None:
    own = replace(backend(place), account=place.account.id)
    arn = check_account(own, connections=place.connections)
    assert arn == f"arn:aws:iam::{place.account.id}:root"


@pytest.fixture
def stranger(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> Connections:
    """The connections of somebody who has no credentials, so that nobody is asked over the network."""
    use_credentials(monkeypatch, "")
    return connections


def test_a_store_of_its_own_without_a_table_is_in_no_account(stranger: Connections) -> None:
    alone = backend_of(bucket="states", access=OTHER_STORE, account="999999999999")
    assert is_outside_aws(alone, connections=stranger)
    assert check_account(alone, connections=stranger) is None


def test_a_table_in_aws_beside_a_store_of_its_own_is_in_an_account(stranger: Connections) -> None:
    beside = backend_of(bucket="states", access=OTHER_STORE, table="locks", account="999999999999")
    assert not is_outside_aws(beside, connections=stranger)
    with pytest.raises(AccountUnknownError):
        check_account(beside, connections=stranger)


def test_a_table_of_the_other_store_is_in_no_account(stranger: Connections) -> None:
    url = "http://store.example:9000"
    access = Access(endpoints=Endpoints(s3=url, dynamodb=url))
    beside = backend_of(bucket="states", access=access, table="locks")
    assert is_outside_aws(beside, connections=stranger)
