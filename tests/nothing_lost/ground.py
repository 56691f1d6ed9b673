"""Where the fleets of the proofs are built."""

from pathlib import Path

from holdfast.sandbox.embedded import Sandbox
from tests.nothing_lost.fleet import Spot
from tests.support.fixtures import FreshAccount, fresh_account


class Ground:
    """Where fleets are built: each in accounts and a directory that no other one has."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        self._sandbox = sandbox
        self._directory = directory
        self._count = 0

    def directory(self) -> Path:
        self._count += 1
        return self._directory / str(self._count)

    def spot(
        self,
        account: FreshAccount | None = None,
        *,
        region: str = "us-east-1",
        name: str = "states",
        profile: str = "",
    ) -> Spot:
        """Return an empty spot, in an account of its own unless one is given."""
        account = account or fresh_account(self._sandbox)
        clients = account.clients
        return Spot(
            account=account,
            bucket=clients.create_bucket(account.name(name), region=region, versioning=True),
            table=clients.create_lock_table(account.name(f"{name}-locks"), region=region),
            region=region,
            profile=profile,
        )
