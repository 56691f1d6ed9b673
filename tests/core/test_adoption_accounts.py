"""Where the account of a backend is known from, and what accounts and backends are called."""

from dataclasses import replace

import pytest

from holdfast.core.adoption import DraftAccount, MissingAccount
from holdfast.core.adoption_accounts import (
    AccountEvidence,
    account_of,
    backend_names,
    named_accounts,
)
from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.cloud import Caller, ObservedBackend
from holdfast.core.facts import Fact, Known, Reason, Withheld
from tests.core.declarations import backend as declared

DEV, PROD = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{PROD}:role/tf"
DENIED = Withheld(reason=Reason.CREDENTIALS, detail="expired")


def backend(
    bucket: str = "states", *, region: str = "eu-west-1", access: Access | None = None
) -> Backend:
    return Backend(
        name=bucket,
        bucket=bucket,
        region=region,
        tables=(),
        locking=Locking.LOCKFILE,
        access=access or Access(),
        account=None,
        declared=False,
        uses=(),
    )


def observed(caller: Fact[Caller]) -> ObservedBackend:
    return ObservedBackend(
        backend=backend(),
        region="eu-west-1",
        caller=caller,
        bucket=DENIED,
        tables=(),
        states_present=DENIED,
    )


CALLER = Known(Caller(account=DEV, arn="arn", alias="acme-dev"))


def identity(found: AccountEvidence | MissingAccount) -> tuple[str, str]:
    assert isinstance(found, AccountEvidence), found
    return found.identity, found.reason


def test_what_is_nearer_to_the_backend_decides_its_account() -> None:
    seen = observed(CALLER)
    with_role = backend(access=Access(role_arn=ROLE))
    allowed = replace(with_role, account=DEV)
    assert identity(account_of(allowed, seen, declared("dev"), ())) == (DEV, "declared before")
    assert identity(account_of(allowed, seen, None, ()))[1] == "`allowed_account_ids` of its roots"
    assert identity(account_of(with_role, seen, None, ())) == (PROD, "the role of its roots")
    assert identity(account_of(backend(), seen, None, (PROD,)))[0] == DEV
    assert identity(account_of(backend(), None, None, (PROD,))) == (PROD, "given with `--account`")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (None, "the cloud was not read, and neither a role nor `allowed_account_ids` names it"),
        (observed(DENIED), "the caller could not be asked: credentials: expired"),
    ],
)
def test_an_account_that_nothing_names_is_missing(seen: ObservedBackend | None, why: str) -> None:
    assert account_of(backend(), seen, None, ()) == MissingAccount(bucket="states", why=why)
    assert account_of(backend(), seen, None, (DEV, PROD)) == MissingAccount(
        bucket="states", why=why
    )


def evidence(account: str, *, alias: str = "", profile: str | None = None) -> AccountEvidence:
    return AccountEvidence(
        identity=account, access=Access(profile=profile), reason="known", alias=alias
    )


@pytest.mark.parametrize(
    ("found", "environments", "names"),
    [
        ({"acme-dev": evidence(DEV)}, {}, ["dev"]),
        ({"states": evidence(DEV, alias="acme")}, {}, ["acme"]),
        ({"acme-states-dev": evidence(DEV, alias="acme")}, {}, ["acme"]),
        ({"states": evidence(DEV)}, {"states": frozenset({"qa"})}, ["qa"]),
        ({"states": evidence(DEV)}, {"states": frozenset({"qa", "dev"})}, ["main"]),
        ({"states": evidence(DEV, profile="my-profile")}, {}, ["my-profile"]),
        (
            {"a": evidence(DEV), "b": evidence(PROD)},
            {},
            [f"account-{DEV}", f"account-{PROD}"],
        ),
        ({"dev-a": evidence(DEV), "dev-b": evidence(PROD)}, {}, ["dev", f"account-{PROD}"]),
        ({"dev-a": evidence(DEV), "dev-b": evidence(DEV)}, {}, ["dev", "dev"]),
    ],
)
def test_accounts_are_called_after_what_is_known_of_them(
    found: dict[str, AccountEvidence],
    environments: dict[str, frozenset[str]],
    names: list[str],
) -> None:
    accounts = named_accounts(found, environments, None)
    assert [accounts[bucket].name for bucket in found] == names


def account(name: str) -> DraftAccount:
    return DraftAccount(name=name, identity=DEV, access=Access(), reason="known")


def test_backends_are_called_after_their_account_their_region_or_themselves() -> None:
    one = [backend("a")]
    assert backend_names(one, {"a": account("dev")}, chosen={}, environments={}) == {"a": "dev"}
    two = [backend("a"), backend("b", region="us-east-1")]
    same = {"a": account("dev"), "b": account("dev")}
    assert backend_names(two, same, chosen={}, environments={}) == {
        "a": "eu-west-1",
        "b": "us-east-1",
    }
    three = [*two, backend("c")]
    others = {**same, "c": account("prod")}
    assert backend_names(three, others, chosen={"b": "mine"}, environments={}) == {
        "a": "dev-eu-west-1",
        "b": "mine",
        "c": "prod",
    }
    twins = [backend("a"), backend("b")]
    assert backend_names(twins, same, chosen={}, environments={}) == {"a": "a", "b": "b"}
    apart = {"a": frozenset({"dev"}), "b": frozenset({"prod"})}
    assert backend_names(twins, same, chosen={}, environments=apart) == {"a": "dev", "b": "prod"}
    mixed = {"a": frozenset({"dev"}), "b": frozenset({"dev", "prod"})}
    assert backend_names(twins, same, chosen={}, environments=mixed) == {"a": "a", "b": "b"}
