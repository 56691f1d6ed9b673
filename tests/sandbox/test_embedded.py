import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from holdfast.errors import SandboxFailedError, SandboxMissingError
from holdfast.sandbox.embedded import Sandbox
from holdfast.sandbox.environment import SECRET_KEY, Profile
from holdfast.sandbox.provider import Ministack, ServerOptions
from tests.support.clients import DIRECT, SESSION, Clients
from tests.support.fixtures import FreshAccount


@dataclass(frozen=True)
class Command:
    """A provider whose child process is any command."""

    command: Sequence[str]
    name: str = "command"

    def server_command(self, options: ServerOptions) -> Sequence[str]:
        assert options == ServerOptions()
        return self.command


def get(url: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def is_listening(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port or 80), timeout=5).close()
    except OSError:
        return False
    return True


def test_the_server_ends_with_the_block() -> None:
    with Sandbox.start() as running:
        assert is_listening(running.url)
    assert not is_listening(running.url)
    running.close()


def test_the_server_listens_on_the_loopback_address_only(sandbox: Sandbox) -> None:
    # A server that is bound to every address answers here too.
    port = urlsplit(sandbox.url).port
    assert not is_listening(f"http://127.0.0.2:{port}")


def test_no_server_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = """
import sys
from holdfast.sandbox.embedded import Sandbox
running = Sandbox.start()
print(running.url, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port or 80), timeout=20) as line:
            parent.kill()
            assert line.recv(1) == b"", "the server ends, and its end of the connection with it"
    assert not is_listening(url)


@pytest.mark.parametrize(
    "path", ["/_ministack/health", "/_ministack/reset", "/_localstack/health", "/_aws/sqs/messages"]
)
def test_the_doors_of_the_emulator_are_shut(sandbox: Sandbox, path: str) -> None:
    status, _ = get(sandbox.url, path)
    assert status == 404


def test_services_that_run_code_are_not_served(sandbox: Sandbox) -> None:
    client = SESSION.client(
        "lambda",
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id="111111111111",
        aws_secret_access_key=SECRET_KEY,
        config=DIRECT,
    )
    with pytest.raises(ClientError) as caught:
        client.list_functions()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_server_is_no_proxy_for_other_names(sandbox: Sandbox) -> None:
    status, words = get(sandbox.url, "http://example.com/")
    assert (status, "example.com" in words) == (502, True)


def test_latency_is_added_to_every_request() -> None:
    with Sandbox.start(latency_milliseconds=300) as running:
        connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=30)
        connection.request("GET", "/bucket/key")
        ready, _, _ = select.select([connection.sock], [], [], 0.2)
        response = connection.getresponse()
        response.read()
        connection.close()
    assert (ready, response.status) == ([], 404)


def test_iam_is_enforced_when_it_is_asked_for() -> None:
    with Sandbox.start(enforce_iam=True) as running:
        root = Clients(url=running.url, access_key="111111111111")
        root.create_bucket("states")
        iam = root.iam()
        iam.create_user(UserName="reader")
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        reader = Clients(
            url=running.url, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]
        ).s3()
        with pytest.raises(ClientError) as caught:
            reader.list_objects_v2(Bucket="states")
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
        allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::states"}
        policy = {"Version": "2012-10-17", "Statement": [allowed]}
        iam.put_user_policy(UserName="reader", PolicyName="list", PolicyDocument=json.dumps(policy))
        assert reader.list_objects_v2(Bucket="states")["KeyCount"] == 0


def test_a_provider_that_fails_is_told_with_its_last_words() -> None:
    script = "import sys; sys.exit('no such port')"
    with pytest.raises(SandboxFailedError) as caught:
        Sandbox.start(provider=Command([sys.executable, "-c", script]))
    assert caught.value.facts == (("it said", "no such port"),)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(SandboxMissingError) as caught:
        Ministack().server_command(ServerOptions())
    assert caught.value.hints == (
        "in a checkout of Holdfast: `python3 -m pip install '.[sandbox]'`",
    )


def test_no_setting_of_the_user_leaks_into_the_environment(sandbox: Sandbox) -> None:
    user = {
        "AWS_PROFILE": "production",
        "AWS_ROLE_ARN": "arn:aws:iam::222222222222:role/admin",
        "AWS_SESSION_TOKEN": "secret",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
        "PATH": "/bin",
    }
    environment = sandbox.child_environment(user, account="123456789012", region="af-south-1")
    assert set(user) & set(environment) == {"PATH"}
    assert environment["AWS_ACCESS_KEY_ID"] == "123456789012"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "af-south-1"


def test_a_profile_of_the_sandbox_selects_its_account(account: FreshAccount) -> None:
    profile = Profile(name="msdp-dev", account=account.id, region="eu-west-1")
    code = """
import boto3
session = boto3.Session(profile_name="msdp-dev")
print(session.client("sts").get_caller_identity()["Account"], session.region_name)
"""
    with Sandbox.start(profiles=[profile]) as running:
        environment = dict(running.child_environment(os.environ))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            del environment[name]
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.split() == [account.id, "eu-west-1"]


@pytest.mark.parametrize("stem", ["plain", "name.with.dots"])
def test_boto3_needs_nothing_but_the_environment(account: FreshAccount, stem: str) -> None:
    code = """
import sys, boto3
s3 = boto3.client("s3")
s3.create_bucket(Bucket=sys.argv[1])
s3.put_object(Bucket=sys.argv[1], Key="env:/a b/ü.tfstate", Body=b"{}")
print(s3.list_objects_v2(Bucket=sys.argv[1])["Contents"][0]["Key"])
print(boto3.client("dynamodb").list_tables()["TableNames"])
print(boto3.client("sts").get_caller_identity()["Account"])
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, account.name(stem)],
        env=account.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines() == ["env:/a b/ü.tfstate", "[]", account.id]


def test_an_interrupt_does_not_end_the_server() -> None:
    with Sandbox.start() as running:
        running._process.send_signal(signal.SIGINT)
        assert get(running.url, "/bucket/key")[0] == 404
