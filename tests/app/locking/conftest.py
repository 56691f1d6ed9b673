"""What tests of changed locking share: a versioned bucket and a lock table, seen from outside and by our reads."""

from collections.abc import Iterator

import pytest

from holdfast.aws.connections import Connections
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.locking import Site, site
from tests.support.observation import use_credentials


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1) as opened:
        yield opened


@pytest.fixture
def place(account: FreshAccount, connections: Connections, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A bucket and a table of a fresh account, of which this process is a member."""
    use_credentials(monkeypatch, account.id)
    return site(account, connections)


@pytest.fixture
def faulty_place(
    account: FreshAccount,
    connections: Connections,
    fault_proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """The same behind the fault proxy."""
    use_credentials(monkeypatch, account.id)
    return site(account, connections, through=fault_proxy.url)
