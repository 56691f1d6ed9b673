"""No credentials, expired ones, no permission, no answer: told, never guessed, never a traceback."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Refuse, Rule
from tests.support.real_terraform import Finished
from tests.support.worlds import World

FLEET_COMMANDS = {
    "audit": ("audit",),
    "plan": ("plan",),
    "apply": ("apply", "--auto-approve", "--account", "111111111111"),
    "prove": ("prove",),
}
# What each service says when a session has ended (S3, DynamoDB and STS error references).
EXPIRED = (
    Rule(operation="s3:*", action=Refuse(code="ExpiredToken", status=400)),
    Rule(operation="dynamodb:*", action=Refuse(code="ExpiredTokenException", status=400)),
    Rule(operation="*", action=Refuse(code="ExpiredToken", status=403)),
)


@pytest.fixture
def fleet_proxy(fleet: World) -> Iterator[FaultProxy]:
    with FaultProxy(fleet.sandbox.url) as proxy:
        yield proxy


def words(done: Finished) -> str:
    """Return all that was said, which is never a bug."""
    said = done.output + done.errors
    assert "Traceback" not in said
    assert "error[bug]" not in said
    return said


def verdicts(done: Finished) -> set[str]:
    return {backend["verdict"] for backend in json.loads(done.output)["backends"]}


# No credentials, expired ones --------------------------------------------------------------------


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_without_credentials_every_command_says_so(
    cli: CommandLine, fleet: World, command: str
) -> None:
    cli.join(fleet)
    cli.environment.delenv("AWS_ACCESS_KEY_ID")
    cli.environment.delenv("AWS_SECRET_ACCESS_KEY")
    done = cli(*FLEET_COMMANDS[command])
    assert "credentials" in words(done)
    assert command == "audit" or done.status in {1, 6}


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_an_expired_token_is_told_by_every_command(
    cli: CommandLine, fleet: World, fleet_proxy: FaultProxy, command: str
) -> None:
    for rule in EXPIRED:
        fleet_proxy.add(rule)
    cli.join(fleet, through=fleet_proxy.url)
    done = cli(*FLEET_COMMANDS[command])
    assert "ExpiredToken" in words(done)
    assert command == "audit" or done.status in {1, 6}


@pytest.mark.parametrize("arguments", [("audit",), ("audit", "--format", "json"), ("plan",)])
def test_credentials_of_another_account_than_the_declared_one_are_warned_of(
    in_own_fleet: CommandLine, own_fleet: World, arguments: tuple[str, ...]
) -> None:
    account = own_fleet.scenario.account
    (own_fleet.repository / "holdfast.yaml").write_text(
        "version: 1\n"
        'accounts: {other: {id: "999999999999"}}\n'
        f"backends: {{af: {{account: other, region: {AF_SOUTH.name}, bucket: {AF_SOUTH.bucket},"
        f" lock_table: {AF_SOUTH.table}, locking: dynamodb}}}}\n",
        encoding="utf-8",
    )
    done = in_own_fleet(*arguments, "--backend", "af")
    warning = (
        f"warning   af  the credentials are of account {account}, not 999999999999:"
        " what they show is not said of the right account\n"
    )
    assert warning in (done.output if arguments == ("audit",) else done.errors)
    assert done.output.count("GOOD") == 0


def test_an_audit_without_credentials_knows_no_verdict(cli: CommandLine, fleet: World) -> None:
    cli.join(fleet)
    cli.environment.delenv("AWS_ACCESS_KEY_ID")
    cli.environment.delenv("AWS_SECRET_ACCESS_KEY")
    assert "GOOD" not in verdicts(cli("audit", "--format", "json"))
    assert cli("audit", "--fail-on", "never", "--strict").status == 6


def test_a_profile_that_does_not_exist_is_told(cli: CommandLine, fleet: World) -> None:
    cli.join(fleet, AWS_PROFILE="no-such-profile")
    done = cli("audit", "--fail-on", "never", "--strict")
    assert done.status in {1, 6}
    assert "no-such-profile" in words(done)


# No permission -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_without_any_permission_nothing_is_taken_for_missing(
    cli: CommandLine, fleet: World, fleet_proxy: FaultProxy, command: str
) -> None:
    fleet_proxy.deny("s3:*")
    fleet_proxy.deny("dynamodb:*")
    cli.join(fleet, through=fleet_proxy.url)
    done = cli(*FLEET_COMMANDS[command])
    said = words(done)
    # To prove a lock table nothing of S3 is needed.
    assert ("dynamodb:" if command == "prove" else "s3:ListBucket") in said
    assert "lock-table-missing" not in done.output.replace("not judged", "").split("unknown")[0]
    written = [
        request.operation
        for request in fleet_proxy.requests()
        if ":Create" in request.operation or ":Put" in request.operation
    ]
    assert command == "prove" or written == []


def test_an_audit_without_permission_knows_no_verdict(
    cli: CommandLine, fleet: World, fleet_proxy: FaultProxy
) -> None:
    fleet_proxy.deny("s3:*")
    fleet_proxy.deny("dynamodb:*")
    cli.join(fleet, through=fleet_proxy.url)
    done = cli(
        "audit", "--format", "json", "--only", "bucket-missing", "--only", "lock-table-missing"
    )
    assert (done.status, verdicts(done)) == (0, {"UNKNOWN"})


# No answer ---------------------------------------------------------------------------------------


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    """An endpoint that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def closed_endpoint() -> str:
    """An endpoint at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def use_endpoint(cli: CommandLine, url: str) -> None:
    """Send every service to one address, in the path, without a proxy."""
    for name in ("HTTP_PROXY", "http_proxy"):
        cli.environment.delenv(name)
    for service in ("S3", "DYNAMODB", "STS", "IAM", "KMS"):
        cli.environment.setenv(f"AWS_ENDPOINT_URL_{service}", url)
    cli.environment.setenv("AWS_ENDPOINT_URL", url)


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_an_endpoint_without_an_answer_is_named_within_seconds(
    in_fleet: CommandLine, silent_endpoint: str, command: str
) -> None:
    use_endpoint(in_fleet, silent_endpoint)
    start = time.monotonic()
    done = in_fleet(*FLEET_COMMANDS[command], "--timeout", "0.3")
    assert time.monotonic() - start < 10
    assert silent_endpoint.removeprefix("http://") in words(done)
    assert command == "audit" or done.status in {1, 6}


@pytest.mark.parametrize("command", FLEET_COMMANDS)
def test_an_endpoint_where_nobody_listens_is_named(
    in_fleet: CommandLine, closed_endpoint: str, command: str
) -> None:
    use_endpoint(in_fleet, closed_endpoint)
    start = time.monotonic()
    done = in_fleet(*FLEET_COMMANDS[command])
    assert time.monotonic() - start < 20
    assert closed_endpoint.removeprefix("http://") in words(done)
    assert command == "audit" or done.status in {1, 6}


def test_an_endpoint_that_is_no_address_is_named(cli: CommandLine, fleet: World) -> None:
    cli.join(fleet, AWS_ENDPOINT_URL_DYNAMODB="dynamodb.example")
    done = cli("audit", "--fail-on", "never", "--strict")
    assert done.status in {1, 6}
    assert "dynamodb.example" in words(done)
