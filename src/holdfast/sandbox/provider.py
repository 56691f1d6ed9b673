"""Where an embedded AWS comes from: a small interface, and the default provider.

A provider names the command of a child process that speaks one contract:

1. it listens on 127.0.0.1 only, on a port of its own choice;
2. it prints one line of JSON, ``{"url": "http://127.0.0.1:PORT"}``, once requests are answered;
3. it ends when its standard input closes, so a parent that dies leaves no server behind.

A 12-digit access key id selects the account of a request; that is how several accounts live in one server.
"""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from holdfast.errors import SandboxMissingError


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What a server is asked for.

    ``latency_milliseconds`` is added to every request. ``enforce_iam`` evaluates IAM policies and signatures.
    """

    latency_milliseconds: float = 0
    enforce_iam: bool = False


class Provider(Protocol):
    """An implementation of AWS that runs in a child process."""

    @property
    def name(self) -> str:
        """Return the provider's name as it is shown to a user."""
        ...

    def server_command(self, options: ServerOptions) -> Sequence[str]:
        """Return the argument vector of the child process.

        Raises:
            SandboxMissingError: The provider's packages are not installed.

        """
        ...


class Ministack:
    """The default provider: the PyPI package ``ministack``, release 1.5.33.

    Its S3 and DynamoDB handlers run to their end on one event loop without an ``await``, so a conditional write
    is atomic by construction. It redirects between regions and keeps accounts apart as AWS does.
    """

    @property
    def name(self) -> str:
        """Return the provider's name as it is shown to a user."""
        return "ministack"

    def server_command(self, options: ServerOptions) -> Sequence[str]:
        """Return the argument vector of the child process.

        Raises:
            SandboxMissingError: The extra ``holdfast[sandbox]`` is not installed.

        """
        if importlib.util.find_spec("ministack") is None:
            raise SandboxMissingError(package="ministack")
        command = [
            sys.executable,
            "-m",
            "holdfast.sandbox.server",
            "--latency-milliseconds",
            str(options.latency_milliseconds),
        ]
        if options.enforce_iam:
            command.append("--enforce-iam")
        return command
