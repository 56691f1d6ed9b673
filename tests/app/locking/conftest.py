"""What tests of changed locking share: a versioned bucket and a lock table, seen from outside and by our reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.aws.connections import Connections
from tests.app.locking.ground import Ground
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


def ground_in(
    account: FreshAccount, directory: Path, environment: pytest.MonkeyPatch, through: str | None
) -> Ground:
    """Return a ground without any code, of whose account this process is a member."""
    for name, value in account.environment(through=through).items():
        environment.setenv(name, value)
    return Ground(
        account=account,
        bucket=account.clients.create_bucket(account.name("states"), versioning=True),
        table=account.clients.create_lock_table(account.name("locks")),
        directory=directory,
    )


@pytest.fixture
def ground(account: FreshAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ground:
    """Code and states on the embedded AWS, which the environment names."""
    return ground_in(account, tmp_path / "code", monkeypatch, None)


@pytest.fixture
def faulty_ground(
    account: FreshAccount, fault_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Ground:
    """The same behind the fault proxy."""
    return ground_in(account, tmp_path / "code", monkeypatch, fault_proxy.url)
