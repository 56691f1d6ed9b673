"""The middleware by itself, around an application that answers everything with its own address."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest
from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    ConnectionState,
    HTTPScope,
    LifespanScope,
    Scope,
)

from holdfast.sandbox.aws_defaults import AwsDefaults
from holdfast.sandbox.host_names import HostNames

OWNER = "111111111111"
STRANGER = "222222222222"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


@dataclass
class Echo:
    """Answer every request with what arrived."""

    status: int = 200
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        del receive
        assert scope["type"] == "http"
        host = dict(scope["headers"]).get(b"host", b"").decode()
        self.seen.append((host, scope["path"]))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"application", "more_body": False})


@dataclass(frozen=True)
class OneBucket:
    """A bucket `states` with an object `there` and a policy, or none."""

    public: bool | None = None

    def named_in(self, host: str, path: str) -> tuple[str, str]:
        del host
        bucket, _, key = path.removeprefix("/").partition("/")
        return bucket, key

    def owner(self, bucket: str) -> str:
        return OWNER if bucket == "states" else ""

    def has_object(self, bucket: str, key: str) -> bool:
        return (bucket, key) == ("states", "there")

    def policy_is_public(self, bucket: str) -> bool | None:
        del bucket
        return self.public


async def received() -> ASGIReceiveEvent:
    return {"type": "http.request", "body": b"", "more_body": False}


def http_scope(method: str, target: str, headers: Mapping[str, str]) -> HTTPScope:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": None,
        "server": None,
        "state": ConnectionState({}),
        "extensions": {},
    }


def ask(
    application: ASGIFramework,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    events: list[ASGISendEvent] = []

    async def keep(event: ASGISendEvent) -> None:
        events.append(event)

    async def answer() -> None:
        await application(http_scope(method, target, headers or {}), received, keep)

    asyncio.run(answer())
    start, body = events
    assert start["type"] == "http.response.start"
    assert body["type"] == "http.response.body"
    return Answer(start["status"], body["body"].decode())


def code_of(answer: Answer) -> str:
    return answer.body.partition("<Code>")[2].partition("</Code>")[0]


def test_an_ordinary_request_is_passed_on() -> None:
    assert ask(AwsDefaults(Echo(), OneBucket()), "GET", "/states/key") == Answer(200, "application")


@pytest.mark.parametrize(
    ("target", "header"),
    [
        ("/states/key", {"x-amz-expected-bucket-owner": STRANGER}),
        (
            "/other/key",
            {
                "x-amz-copy-source": "/states/a%20b?versionId=1",
                "x-amz-source-expected-bucket-owner": STRANGER,
            },
        ),
    ],
)
def test_a_bucket_of_somebody_else_is_refused(target: str, header: dict[str, str]) -> None:
    application = Echo()
    answer = ask(AwsDefaults(application, OneBucket()), "PUT", target, header)
    assert (answer.status, code_of(answer), application.seen) == (403, "AccessDenied", [])


@pytest.mark.parametrize("target", ["/states/key", "/missing/key"])
def test_the_expected_owner_and_a_missing_bucket_are_not_refused(target: str) -> None:
    header = {"x-amz-expected-bucket-owner": OWNER}
    assert ask(AwsDefaults(Echo(), OneBucket()), "GET", target, header).status == 200


def test_a_refusal_of_head_has_no_body() -> None:
    header = {"x-amz-expected-bucket-owner": STRANGER}
    assert ask(AwsDefaults(Echo(), OneBucket()), "HEAD", "/states", header) == Answer(403, "")


@pytest.mark.parametrize(("key", "status"), [("there", 412), ("new", 200)])
def test_a_guarded_copy_depends_on_its_target(key: str, status: int) -> None:
    headers = {"x-amz-copy-source": "states/there", "if-none-match": "*"}
    answer = ask(AwsDefaults(Echo(), OneBucket()), "PUT", f"/states/{key}", headers)
    assert answer.status == status


@pytest.mark.parametrize(
    ("public", "status", "words"),
    [
        (True, 200, "<IsPublic>true</IsPublic>"),
        (False, 200, "<IsPublic>false</IsPublic>"),
        (None, 404, "<Code>NoSuchBucketPolicy</Code>"),
    ],
)
def test_the_policy_status_is_that_of_the_policy(
    public: bool | None, status: int, words: str
) -> None:
    answer = ask(AwsDefaults(Echo(), OneBucket(public=public)), "GET", "/states?policyStatus")
    assert (answer.status, words in answer.body) == (status, True)


@pytest.mark.parametrize("status", [301, 403, 404])
def test_a_refusal_of_the_application_stands(status: int) -> None:
    application = AwsDefaults(Echo(status=status), OneBucket(public=False))
    assert ask(application, "GET", "/states?policyStatus") == Answer(status, "application")


def test_the_account_has_no_public_access_block_of_its_own() -> None:
    answer = ask(
        AwsDefaults(Echo(), OneBucket()), "GET", "/v20180820/configuration/publicAccessBlock"
    )
    assert (answer.status, code_of(answer)) == (404, "NoSuchPublicAccessBlockConfiguration")


def test_the_start_up_of_the_application_is_not_run() -> None:
    application = Echo()
    said: list[str] = []
    asked: list[ASGIReceiveEvent] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def ask_next() -> ASGIReceiveEvent:
        return asked.pop(0)

    async def keep(event: ASGISendEvent) -> None:
        said.append(event["type"])

    scope: LifespanScope = {"type": "lifespan", "asgi": {}, "state": {}}
    asyncio.run(AwsDefaults(application, OneBucket())(scope, ask_next, keep))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert application.seen == []


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        (
            "http://states.s3.sandbox.holdfast.test/env:/a%20b",
            "states.s3.sandbox.holdfast.test",
            "/env:/a b",
        ),
        ("http://a.b.s3.sandbox.holdfast.test/key", "s3.sandbox.holdfast.test", "/a.b/key"),
        ("http://s3.sandbox.holdfast.test/a.b/key", "s3.sandbox.holdfast.test", "/a.b/key"),
        ("http://s3.sandbox.holdfast.test", "s3.sandbox.holdfast.test", "/"),
    ],
)
def test_a_request_to_a_proxy_becomes_an_ordinary_one(target: str, host: str, path: str) -> None:
    application = Echo()
    sent = {"host": target.removeprefix("http://").partition("/")[0]}
    ask(HostNames(application), "GET", target, sent)
    assert application.seen == [(host, path)]


@pytest.mark.parametrize(
    "target", ["http://example.com/", "http://sandbox.holdfast.test.example.com/", "http:///"]
)
def test_other_names_are_not_served(target: str) -> None:
    application = Echo()
    answer = ask(HostNames(application), "GET", target)
    assert (answer.status, application.seen) == (502, [])
