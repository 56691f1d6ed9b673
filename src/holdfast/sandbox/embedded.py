"""A running embedded AWS: start it, know its address, stop it."""

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from holdfast.core.cleaning import printable
from holdfast.errors import SandboxFailedError
from holdfast.sandbox.environment import (
    Profile,
    client_settings,
    without_foreign_aws,
    write_profiles,
)
from holdfast.sandbox.provider import Ministack, Provider, ServerOptions

START_SECONDS = 30.0
STOP_SECONDS = 10.0
DEFAULT_ACCOUNT = "111111111111"
DEFAULT_REGION = "us-east-1"
# What a Python child needs. Everything else stays out: an emulator takes settings from the environment.
_KEPT_VARIABLES = ("HOME", "LANG", "PATH", "TEMP", "TMP", "TMPDIR", "VIRTUAL_ENV")
_KEPT_PREFIXES = ("COVERAGE_", "DYLD_", "LC_", "LD_", "PYTHON")


class Sandbox:
    """An embedded AWS in a child process, from `start` until `close` or the end of the `with` block.

    It listens on 127.0.0.1 only. When this process dies, in whatever way, the child's standard input closes
    and the child ends too.
    """

    def __init__(
        self, *, url: str, directory: Path, process: subprocess.Popen[bytes], resources: ExitStack
    ) -> None:
        self.url = url
        self._directory = directory
        self._process = process
        self._resources = resources

    @classmethod
    def start(
        cls,
        *,
        provider: Provider | None = None,
        latency_milliseconds: float = 0,
        enforce_iam: bool = False,
        profiles: Sequence[Profile] = (),
    ) -> Self:
        """Start a server and wait until it answers.

        Raises:
            SandboxMissingError: The provider's packages are not installed.
            SandboxFailedError: The server did not come up within 30 seconds.

        """
        options = ServerOptions(latency_milliseconds=latency_milliseconds, enforce_iam=enforce_iam)
        command = (provider or Ministack()).server_command(options)
        with ExitStack() as resources:
            directory = Path(
                resources.enter_context(tempfile.TemporaryDirectory(prefix="holdfast-sandbox-"))
            )
            write_profiles(directory, tuple(profiles))
            log = resources.enter_context((directory / "server.log").open("w+b"))
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=dict(_server_environment(os.environ)),
                start_new_session=True,
            )
            resources.callback(_stop, process)
            url = _announced_url(process, log)
            return cls(url=url, directory=directory, process=process, resources=resources.pop_all())

    def environment(
        self,
        *,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        through: str | None = None,
    ) -> Mapping[str, str]:
        """Return the variables with which terraform, boto3 and the aws CLI use this server.

        They are an addition; `child_environment` returns a whole environment. `through` is the address of a
        proxy in front of the server.
        """
        url = self.url if through is None else through
        return client_settings(url, self._directory, account=account, region=region)

    def child_environment(
        self,
        environ: Mapping[str, str],
        *,
        account: str = DEFAULT_ACCOUNT,
        region: str = DEFAULT_REGION,
        through: str | None = None,
    ) -> Mapping[str, str]:
        """Return `environ` with its AWS settings replaced by those of this server."""
        settings = self.environment(account=account, region=region, through=through)
        return {**without_foreign_aws(environ), **settings}

    def close(self) -> None:
        """Stop the server and remove its files; a second call does nothing."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _server_environment(environ: Mapping[str, str]) -> Mapping[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)
    }


def _announced_url(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    """Wait for the child's one line and return the address in it."""
    line = _first_line(process)
    try:
        announcement = json.loads(line)
        return str(announcement["url"])
    except (ValueError, KeyError, TypeError) as error:
        log.seek(0)
        said = log.read().decode("utf-8", errors="replace").strip().splitlines()
        detail = said[-1] if said else f"nothing within {START_SECONDS:.0f} seconds"
        raise SandboxFailedError(printable(detail)) from error


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """Return what the child wrote up to its first line end, its own end, or the time limit."""
    if process.stdout is None:
        return b""
    descriptor = process.stdout.fileno()
    deadline = time.monotonic() + START_SECONDS
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(descriptor, 4096) if ready else b""
        if not part:
            break
        line += part
    return line


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close the child's standard input, which ends it, and wait for it."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
