"""The gates in front of real Terraform: an old checkout that still writes is found, in each direction."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.app.fleet import FleetRequest, read_cloud, read_code
from holdfast.app.locking_evidence import read_evidence
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.fleet import Fleet
from holdfast.core.lock_file_history import GRACE
from holdfast.core.locking_checks import CheckOutcome
from holdfast.core.locking_gates import gate_back_to_dynamodb, gate_to_lockfile
from tests.core.locking_worlds import open_checks, proof_of
from tests.support.fixtures import FreshAccount
from tests.support.locking import REGION
from tests.support.observation import use_credentials
from tests.support.real_terraform import Terraform

REFUSED, UNKNOWN = CheckOutcome.REFUSED, CheckOutcome.UNKNOWN
KEY = "app/terraform.tfstate"
POLL_SECONDS = 0.05
APPLY = ("apply", "-auto-approve", "-input=false", "-no-color")


class Fleets:
    """Checkouts of one root, each locked in its own way, and what the gates say of the first."""

    def __init__(self, account: FreshAccount, directory: Path) -> None:
        self.account = account
        self.directory = directory
        self.bucket = account.clients.create_bucket(account.name("states"), versioning=True)
        self.table = account.clients.create_lock_table(account.name("locks"))

    def checkout(self, name: str, mode: Locking) -> Terraform:
        """Make a checkout and initialise it."""
        arguments = [
            *([f'dynamodb_table = "{self.table}"'] if mode.uses_table else []),
            *(["use_lockfile   = true"] if mode.uses_lockfile else []),
        ]
        lines = "\n    ".join(arguments)
        root = self.directory / name / "app"
        root.mkdir(parents=True)
        (root / "main.tf").write_text(
            f"""\
terraform {{
  backend "s3" {{
    bucket = "{self.bucket}"
    key    = "{KEY}"
    region = "{REGION}"
    {lines}
  }}
}}

resource "terraform_data" "{name}" {{}}
""",
            encoding="utf-8",
        )
        engine = self.account.terraform(root, REGION)
        engine.succeed("init", "-input=false", "-no-color")
        return engine

    def code(self, name: str) -> Fleet:
        return read_code(FleetRequest(directory=self.directory / name))


@pytest.fixture
def fleets(account: FreshAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleets:
    use_credentials(monkeypatch, account.id)
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.sandbox.url)
    return Fleets(account, tmp_path)


def wait_out_grace(given_back: datetime) -> None:
    """Wait until a write is no longer within the grace after a lock file, whose times have whole seconds."""
    while datetime.now(tz=UTC) < given_back + 2 * GRACE:
        time.sleep(POLL_SECONDS)


def test_an_old_checkout_with_the_table_alone_is_found(fleets: Fleets) -> None:
    since = datetime.now(tz=UTC) - timedelta(seconds=1)

    def gate() -> tuple[dict[str, CheckOutcome], list[str]]:
        code = fleets.code("new")
        (backend,) = code.backends
        now = datetime.now(tz=UTC)
        with Connections(attempts_max=1) as connections:
            seen = read_evidence([backend], connections=connections, now=now, since=since)
        judged = gate_to_lockfile(code, backend, seen)
        return open_checks(judged), list(proof_of(judged, "writer-without-lockfile"))

    new = fleets.checkout("new", Locking.BOTH)
    new.succeed(*APPLY)
    given_back = datetime.now(tz=UTC)
    assert gate() == ({}, [])

    old = fleets.checkout("old", Locking.DYNAMODB)
    with old.held_apply() as apply:
        assert gate()[0] == {"lock-without-lockfile": REFUSED}
        wait_out_grace(given_back)
        assert apply.release().status == 0
    outcomes, lines = gate()
    assert outcomes == {"writer-without-lockfile": REFUSED}
    (line,) = lines
    assert line.startswith(f"`{fleets.bucket}/{KEY}`: written at 2")
    assert line.endswith("used by `app`")

    # That client is mended, and writers are judged from that moment on: only its own next run is missing.
    since = datetime.now(tz=UTC) + timedelta(seconds=1)
    assert gate()[0] == {"state-not-seen": UNKNOWN}


def test_a_new_checkout_with_the_lock_file_alone_bars_the_way_back(fleets: Fleets) -> None:
    since = datetime.now(tz=UTC) - timedelta(seconds=1)

    def gate() -> dict[str, CheckOutcome]:
        code = fleets.code("both")
        now = datetime.now(tz=UTC)
        with Connections(attempts_max=1) as connections:
            seen = read_cloud(code, connections=connections)
            (backend,) = seen.backends
            evidence = read_evidence([backend], connections=connections, now=now, since=since)
        return open_checks(gate_back_to_dynamodb(seen, backend, seen.observed[0].tables, evidence))

    fleets.checkout("both", Locking.BOTH).succeed(*APPLY)
    assert gate() == {}
    alone = fleets.checkout("alone", Locking.LOCKFILE)
    with alone.held_apply() as apply:
        assert gate() == {"lock-without-item": REFUSED}
        assert apply.release().status == 0
    assert gate() == {"digest-stale": REFUSED}


def test_a_plan_alone_shows_that_a_client_takes_the_lock_file(fleets: Fleets) -> None:
    engine = fleets.checkout("app", Locking.DYNAMODB)
    engine.succeed(*APPLY)
    both = fleets.checkout("both", Locking.BOTH)
    code = fleets.code("both")
    (backend,) = code.backends

    def gate() -> dict[str, CheckOutcome]:
        with Connections(attempts_max=1) as connections:
            seen = read_evidence([backend], connections=connections, now=datetime.now(tz=UTC))
        return open_checks(gate_to_lockfile(code, backend, seen))

    assert gate() == {"state-not-seen": UNKNOWN}
    both.succeed("plan", "-input=false", "-no-color")
    assert gate() == {}
