"""Requests that come through `HTTP_PROXY`, as ASGI middleware.

The sandbox's environment (see `environment`) names S3 by a host that exists nowhere and makes the server the
proxy for plain HTTP. A client then asks for `http://BUCKET.s3.sandbox.holdfast.test/KEY` on a connection to
the server: the absolute form of RFC 9112, section 3.2.2. This puts such a request into the ordinary form.
"""

from urllib.parse import unquote, urlsplit

from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPScope,
    Scope,
)

from holdfast.sandbox.environment import DOMAIN, S3_HOST


class HostNames:
    """Wrap an ASGI application so that it also serves as the proxy for its own host names."""

    def __init__(self, application: ASGIFramework) -> None:
        self._application = application

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Pass the request on in origin form; refuse to be a proxy for anybody else's name."""
        if scope["type"] != "http" or not scope["raw_path"].startswith(b"http://"):
            await self._application(scope, receive, send)
            return
        target = urlsplit(scope["raw_path"].decode("ascii"))
        host = target.hostname or ""
        if not host.endswith(f".{DOMAIN}"):
            await _refuse(send, host)
            return
        await self._application(_in_origin_form(scope, host, target.path or "/"), receive, send)


def _in_origin_form(scope: HTTPScope, host: str, path: str) -> HTTPScope:
    """Return the scope as if the client had connected to `host` itself.

    A bucket name with dots is put into the path: ministack 1.5.33 would take its first label for the bucket.
    """
    bucket = host.removesuffix(S3_HOST).removesuffix(".")
    headers = list(scope["headers"])
    if host.endswith(f".{S3_HOST}") and "." in bucket:
        path = f"/{bucket}{path}"
        headers = [(name, value) for name, value in headers if name.lower() != b"host"]
        headers.append((b"host", S3_HOST.encode()))
    origin = scope.copy()
    origin.update({"path": unquote(path), "raw_path": path.encode(), "headers": headers})
    return origin


async def _refuse(send: ASGISendCallable, host: str) -> None:
    words = (
        f"{host}: plain HTTP goes to the sandbox here, and it serves names below {DOMAIN} only\n"
    )
    body = words.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
