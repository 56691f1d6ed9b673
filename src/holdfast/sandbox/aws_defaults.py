"""What real AWS does and the embedded one leaves out, as ASGI middleware.

Only the gaps that Holdfast's promises rest on are closed, each with its source. Everything is decided from
the request, the wrapped application's answer and the few questions that `Buckets` answers; the wrapped
application stays as it is. `tests/contracts` shows each gap closed on the running server.
"""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    LifespanScope,
    Scope,
)

ACCOUNT_PUBLIC_ACCESS_BLOCK = "/v20180820/configuration/publicAccessBlock"
_COPY_SOURCE = re.compile(r"^/?([^/?]+)/")


class Buckets(Protocol):
    """What the middleware must know about the buckets of the wrapped application."""

    def named_in(self, host: str, path: str) -> tuple[str, str]:
        """Return the bucket and the key that a request addresses, each empty when there is none."""
        ...

    def owner(self, bucket: str) -> str:
        """Return the account that owns the bucket, empty when there is no such bucket."""
        ...

    def has_object(self, bucket: str, key: str) -> bool:
        """Return whether the key has a current version that is not a delete marker."""
        ...

    def policy_is_public(self, bucket: str) -> bool | None:
        """Return whether the bucket's policy grants public access, None when it has no policy."""
        ...


class AwsDefaults:
    """Wrap an ASGI application so that it behaves as AWS does where it matters here."""

    def __init__(
        self, application: ASGIFramework, buckets: Buckets, *, latency_milliseconds: float = 0
    ) -> None:
        self._application = application
        self._buckets = buckets
        self._latency_seconds = latency_milliseconds / 1000

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one connection; only HTTP is served.

        The application's own start-up is not run: it would start scripts found on this machine, reap
        containers and open further listeners. S3, DynamoDB, STS, IAM and KMS need none of it.
        """
        match scope["type"]:
            case "http":
                await asyncio.sleep(self._latency_seconds)
                await self._http(scope, receive, send)
            case "lifespan":
                await _lifespan(scope, receive, send)
            case "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": None})

    async def _http(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await _respond(scope, send, *refusal)
        elif _is_policy_status(scope):
            await self._policy_status(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    def _refusal(self, scope: HTTPScope) -> tuple[int, str, str] | None:
        """Return the error that AWS gives this request and the application would not."""
        path = unquote(scope["raw_path"].decode("ascii").partition("?")[0])
        if path.startswith("/_"):
            # No bucket name starts with an underscore: these are the emulator's own doors (reset, settings).
            return 404, "NotImplemented", "This door of the emulator is shut."
        if path == ACCOUNT_PUBLIC_ACCESS_BLOCK and scope["method"] == "GET":
            # S3 Control API, GetPublicAccessBlock: what an account that never set it gets.
            code = "NoSuchPublicAccessBlockConfiguration"
            return 404, code, "The public access block configuration was not found"
        headers = _headers(scope)
        bucket, key = self._buckets.named_in(headers.get("host", ""), path)
        if self._is_foreign(bucket, headers.get("x-amz-expected-bucket-owner")):
            return 403, "AccessDenied", "Access Denied"
        source = headers.get("x-amz-copy-source")
        if source is None:
            return None
        named = _COPY_SOURCE.match(unquote(source))
        expected = headers.get("x-amz-source-expected-bucket-owner")
        if named and self._is_foreign(named.group(1), expected):
            return 403, "AccessDenied", "Access Denied"
        if headers.get("if-none-match") == "*" and self._buckets.has_object(bucket, key):
            # S3 API, CopyObject: If-None-Match guards the destination key.
            words = "At least one of the pre-conditions you specified did not hold"
            return 412, "PreconditionFailed", words
        return None

    def _is_foreign(self, bucket: str, expected: str | None) -> bool:
        """Return whether the bucket exists and belongs to another account than the expected one.

        S3 user guide, "Verifying bucket ownership": such a request fails with 403 Access Denied.
        """
        if expected is None or not bucket:
            return False
        owner = self._buckets.owner(bucket)
        return bool(owner) and owner != expected

    async def _policy_status(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer GetBucketPolicyStatus, which the application would answer as a listing.

        The application is asked first, so that its refusals (no bucket, other account, other region, IAM)
        stand as they are.
        """
        events: list[ASGISendEvent] = []

        async def keep(event: ASGISendEvent) -> None:
            events.append(event)

        await self._application(scope, receive, keep)
        refused = any(
            event["type"] == "http.response.start" and event["status"] != HTTPStatus.OK
            for event in events
        )
        if refused:
            for event in events:
                await send(event)
            return
        bucket, _ = self._buckets.named_in(_headers(scope).get("host", ""), scope["path"])
        public = self._buckets.policy_is_public(bucket)
        if public is None:
            await _respond(
                scope, send, 404, "NoSuchBucketPolicy", "The bucket policy does not exist"
            )
            return
        body = f"<PolicyStatus><IsPublic>{str(public).lower()}</IsPublic></PolicyStatus>"
        await _send_xml(scope, send, 200, body)


def _is_policy_status(scope: HTTPScope) -> bool:
    query = parse_qs(scope["query_string"].decode("ascii"), keep_blank_values=True)
    return scope["method"] == "GET" and "policyStatus" in query


def _headers(scope: HTTPScope) -> Mapping[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }


async def _lifespan(
    scope: LifespanScope, receive: ASGIReceiveCallable, send: ASGISendCallable
) -> None:
    """Say that start-up and shutdown are complete, without doing anything."""
    del scope
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _respond(
    scope: HTTPScope, send: ASGISendCallable, status: int, code: str, message: str
) -> None:
    """Send an S3 error document (S3 API, "REST error responses"); HEAD gets its status alone."""
    body = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    await _send_xml(scope, send, status, body)


async def _send_xml(scope: HTTPScope, send: ASGISendCallable, status: int, body: str) -> None:
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
    headers = [(b"content-type", b"application/xml"), (b"x-amz-request-id", b"HOLDFASTSANDBOX")]
    if scope["method"] == "HEAD":
        content = b""
    else:
        headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})
