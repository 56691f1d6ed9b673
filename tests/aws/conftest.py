"""What tests of single reads share: a member of a fresh account, and connections that are closed again."""

from collections.abc import Iterator

import pytest

from holdfast.aws.connections import Connections
from tests.support.fixtures import FreshAccount
from tests.support.locking import no_pause
from tests.support.observation import use_credentials


@pytest.fixture
def connections() -> Iterator[Connections]:
    with Connections(attempts_max=1, pause=no_pause) as opened:
        yield opened


@pytest.fixture
def member(account: FreshAccount, monkeypatch: pytest.MonkeyPatch) -> FreshAccount:
    """A fresh account whose credentials are those of this process."""
    use_credentials(monkeypatch, account.id)
    return account
