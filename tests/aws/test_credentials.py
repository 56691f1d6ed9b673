"""Whose credentials a client has: the chain, profiles, roles and tokens, as an STS says it."""

from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, withheld
from holdfast.aws.identity_reads import CallerAddress, caller_identity
from holdfast.core.backends import Access
from holdfast.core.cloud import Caller
from holdfast.core.facts import Fact, Known, Reason, Withheld
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.observation import access_to


def identity(connections: Connections, access: Access) -> Fact[Caller]:
    return caller_identity(connections, CallerAddress(access=access, region="eu-west-1"))


def account_of(fact: Fact[Caller]) -> str:
    assert isinstance(fact, Known), fact
    return fact.value.account


def write_profile(path: Path, profile: str, account: str) -> str:
    path.write_text(f"[{profile}]\naws_access_key_id = {account}\naws_secret_access_key = test\n")
    return str(path)


def test_the_environment_is_used_without_anything_else(
    member: FreshAccount, connections: Connections
) -> None:
    caller = identity(connections, access_to(member.sandbox.url))

    assert caller == Known(Caller(account=member.id, arn=f"arn:aws:iam::{member.id}:root"))


def test_the_account_alias_is_part_of_the_caller(
    member: FreshAccount, connections: Connections
) -> None:
    member.clients.iam().create_account_alias(AccountAlias=f"team-{member.number}")

    caller = identity(connections, access_to(member.sandbox.url))

    assert isinstance(caller, Known)
    assert caller.value.alias == f"team-{member.number}"


def test_an_alias_that_may_not_be_read_is_left_empty(
    member: FreshAccount, connections: Connections, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("iam:ListAccountAliases")

    caller = identity(connections, access_to(fault_proxy.url))

    assert caller == Known(Caller(account=member.id, arn=f"arn:aws:iam::{member.id}:root"))


def test_a_named_profile_wins_over_keys_in_the_environment(
    member: FreshAccount, other_account: FreshAccount, connections: Connections, tmp_path: Path
) -> None:
    path = write_profile(tmp_path / "credentials", "team", other_account.id)
    access = access_to(member.sandbox.url, profile="team", shared_credentials_files=(path,))

    assert account_of(identity(connections, access)) == other_account.id


def test_of_several_files_the_last_one_with_the_profile_counts(
    member: FreshAccount, other_account: FreshAccount, connections: Connections, tmp_path: Path
) -> None:
    paths = (
        write_profile(tmp_path / "first", "team", member.id),
        write_profile(tmp_path / "second", "team", other_account.id),
        write_profile(tmp_path / "third", "somebody", member.id),
        str(tmp_path / "absent"),
    )
    access = access_to(member.sandbox.url, profile="team", shared_credentials_files=paths)

    assert account_of(identity(connections, access)) == other_account.id


def test_a_profile_that_does_not_exist_is_a_matter_of_credentials(
    member: FreshAccount, connections: Connections
) -> None:
    access = access_to(member.sandbox.url, profile="nobody")

    assert identity(connections, access) == Withheld(
        reason=Reason.CREDENTIALS, detail="The config profile (nobody) could not be found"
    )


@pytest.mark.usefixtures("member")
def test_a_role_is_assumed_once_for_all_clients_with_its_external_id(
    other_account: FreshAccount,
    connections: Connections,
    fault_proxy: FaultProxy,
) -> None:
    role = f"arn:aws:iam::{other_account.id}:role/state"
    access = access_to(
        fault_proxy.url, role_arn=role, external_id="ext-1", session_name="audit-run"
    )

    caller = identity(connections, access)
    connections.dynamodb(access, "eu-west-1").list_tables()
    connections.s3(access, "us-east-1").list_buckets()

    assert account_of(caller) == other_account.id
    (assumed,) = (each for each in fault_proxy.requests() if each.operation == "sts:AssumeRole")
    assert b"ExternalId=ext-1" in assumed.body
    assert b"RoleSessionName=audit-run" in assumed.body
    assert b"RoleArn=arn%3Aaws%3Aiam%3A%3A" in assumed.body


def test_a_refused_role_says_so_and_names_the_action(
    member: FreshAccount, connections: Connections, fault_proxy: FaultProxy
) -> None:
    fault_proxy.deny("sts:AssumeRole")
    role = f"arn:aws:iam::{member.id}:role/state"

    fact = identity(connections, access_to(fault_proxy.url, role_arn=role))

    assert isinstance(fact, Withheld)
    assert (fact.reason, fact.permission) == (Reason.PERMISSION, "sts:AssumeRole")


def test_a_web_identity_token_is_read_from_its_file_and_needs_no_other_credentials(
    member: FreshAccount,
    connections: Connections,
    fault_proxy: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    token = tmp_path / "token"
    token.write_text("header.payload.signature\n")
    access = access_to(
        fault_proxy.url,
        role_arn=f"arn:aws:iam::{member.id}:role/ci",
        web_identity_token_file=str(token),
    )

    caller = identity(connections, access)

    assert account_of(caller) == member.id
    first = fault_proxy.requests()[0]
    assert b"Action=AssumeRoleWithWebIdentity&" in first.body
    assert b"WebIdentityToken=header.payload.signature&" in first.body + b"&"
    assert "authorization" not in first.headers


def test_a_token_file_that_is_not_there_is_a_matter_of_credentials(
    member: FreshAccount, connections: Connections, tmp_path: Path
) -> None:
    access = access_to(
        member.sandbox.url,
        role_arn=f"arn:aws:iam::{member.id}:role/ci",
        web_identity_token_file=str(tmp_path / "absent"),
    )

    fact = identity(connections, access)

    assert isinstance(fact, Withheld)
    assert fact.reason is Reason.CREDENTIALS
    assert "absent" in fact.detail


def test_without_any_credentials_the_reason_is_credentials(
    member: FreshAccount, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(AWS_ERRORS) as raised:
        connections.s3(access_to(member.sandbox.url), "us-east-1").list_buckets()

    assert isinstance(raised.value, AWS_ERRORS)
    assert withheld(raised.value, permission="s3:ListAllMyBuckets") == Withheld(
        reason=Reason.CREDENTIALS, detail="Unable to locate credentials"
    )
