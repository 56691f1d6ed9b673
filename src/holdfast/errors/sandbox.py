"""The embedded AWS and the demonstration: errors of running them."""

from __future__ import annotations

from holdfast.errors.model import ExitCode, HoldfastError


class SandboxMissingError(HoldfastError):
    """The embedded AWS is an extra that is not installed."""

    slug = "sandbox-missing"
    exit_code = ExitCode.USAGE

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the embedded AWS needs the package `{package}`, which is not installed",
            hints=("in a checkout of Holdfast: `python3 -m pip install '.[sandbox]'`",),
        )


class SandboxFailedError(HoldfastError):
    """The embedded AWS did not start."""

    slug = "sandbox-failed"

    def __init__(self, detail: str) -> None:
        super().__init__("the embedded AWS did not start", facts=(("it said", detail),))


class CommandNotFoundError(HoldfastError):
    """The command that should be run does not exist or cannot be executed."""

    slug = "command-not-found"
    exit_code = ExitCode.USAGE

    def __init__(self, command: str, problem: str) -> None:
        super().__init__(f"`{command}` cannot be run: {problem}")


class DemonstrationFailedError(HoldfastError):
    """A command of `holdfast demo` did not end as it should."""

    slug = "demonstration-failed"

    def __init__(self, command: str, *, exit_code: int) -> None:
        super().__init__(
            f"`holdfast {command}` ended with exit code {exit_code}",
            world="nothing outside the demonstration's temporary directory was touched",
        )
