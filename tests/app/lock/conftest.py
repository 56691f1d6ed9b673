"""What tests of the lock of a state share: a member of a fresh account, with a bucket and a table."""

from collections.abc import Iterator

import pytest

from holdfast.aws.connections import Connections
from holdfast.sandbox.embedded import Sandbox
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, no_pause, site
from tests.support.moto_serialised import SerialisedMoto
from tests.support.observation import use_credentials


@pytest.fixture(scope="session")
def moto() -> Iterator[Sandbox]:
    with Sandbox.start(provider=SerialisedMoto()) as running:
        yield running


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1, read_timeout_seconds=5, pause=no_pause) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    """A fresh account whose credentials are those of this process."""
    use_credentials(monkeypatch, account.id)
    return account


@pytest.fixture
def place(member: FreshAccount, connections: Connections) -> Site:
    """A versioned bucket and a table on the embedded AWS."""
    return site(member, connections)


@pytest.fixture(params=["ministack", "moto"])
def server(
    request: pytest.FixtureRequest, member: FreshAccount, moto: Sandbox, connections: Connections
) -> Site:
    """A versioned bucket and a table on each of the two servers."""
    sandbox = {"ministack": member.sandbox, "moto": moto}[request.param]
    return site(FreshAccount(sandbox=sandbox, number=member.number), connections)


@pytest.fixture
def faulty(member: FreshAccount, connections: Connections, fault_proxy: FaultProxy) -> Site:
    """A versioned bucket and a table behind the fault proxy."""
    return site(member, connections, through=fault_proxy.url)
