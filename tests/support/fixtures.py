"""Fixtures: an embedded AWS for the session, and an account of its own for each test."""

import itertools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.sandbox.embedded import Sandbox
from tests.support.clients import Clients
from tests.support.fault_proxy import FaultProxy
from tests.support.real_terraform import Terraform

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshAccount:
    """An account that no other test uses. Bucket names are shared by all accounts, so they carry its number."""

    sandbox: Sandbox
    number: int

    @property
    def id(self) -> str:
        """The account id, which is also the access key id that selects it."""
        return f"{700000000000 + self.number}"

    def name(self, stem: str) -> str:
        """Return a name for a bucket or a table that only this test uses."""
        return f"{stem}-{self.number}"

    @property
    def clients(self) -> Clients:
        """Clients that look at this account."""
        return Clients(url=self.sandbox.url, access_key=self.id)

    def environment(
        self, region: str = "us-east-1", *, through: str | None = None
    ) -> Mapping[str, str]:
        """Return a whole environment for this account, `through` a proxy if one is given."""
        return self.sandbox.child_environment(
            os.environ, account=self.id, region=region, through=through
        )

    def terraform(
        self, directory: Path, region: str = "us-east-1", *, through: str | None = None
    ) -> Terraform:
        """Return real Terraform in a directory, as a member of this account."""
        return Terraform(directory, self.environment(region, through=through))


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The embedded AWS, started once for each worker."""
    with Sandbox.start() as running:
        yield running


def fresh_account(sandbox: Sandbox) -> FreshAccount:
    """Return an account that is empty."""
    return FreshAccount(sandbox=sandbox, number=next(_numbers))


@pytest.fixture
def account(sandbox: Sandbox) -> FreshAccount:
    """An account that is empty."""
    return fresh_account(sandbox)


@pytest.fixture
def other_account(sandbox: Sandbox) -> FreshAccount:
    """A second empty account."""
    return fresh_account(sandbox)


@pytest.fixture
def fault_proxy(sandbox: Sandbox) -> Iterator[FaultProxy]:
    """A proxy in front of the embedded AWS, without rules."""
    with FaultProxy(sandbox.url) as proxy:
        yield proxy
