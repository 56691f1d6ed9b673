"""moto as a second provider of the sandbox: an independent opinion on what AWS does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from holdfast.sandbox.provider import ServerOptions

SCRIPT = Path(__file__).with_name("moto_process.py")


class SerialisedMoto:
    """The provider."""

    @property
    def name(self) -> str:
        """Return the provider's name as it is shown."""
        return "moto"

    def server_command(self, options: ServerOptions) -> Sequence[str]:
        """Return the argument vector of the child process; moto has neither latency nor IAM here."""
        assert options == ServerOptions()
        return [sys.executable, str(SCRIPT)]
