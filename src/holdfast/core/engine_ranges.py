"""Which versions of an engine may run a root, as far as its pins say. Pure.

A version file is exact: that version runs. A constraint admits versions, and which of them runs is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from holdfast.core.engines import EngineName, Version, allowed_below
from holdfast.core.repository import EnginePin

CONSTRAINT_PREFIX = "required_version = "


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRange:
    """The versions of one engine from `oldest` up to, but without, `below`; None where nothing bounds them.

    `pin` is the statement to name when something does not fit.
    """

    name: EngineName
    oldest: Version | None
    below: Version | None
    pin: EnginePin

    @property
    def words(self) -> str:
        """Return the oldest version and where it is said, for a message."""
        version = f" {self.oldest}" if self.oldest is not None else ""
        verb = "is pinned" if self.pin.exact else "is admitted"
        return f"{self.name.value}{version} {verb} by {self.pin.span}"

    def all_before(self, version: Version) -> bool:
        """Tell whether every version of the range is older than this one."""
        return self.below is not None and self.below <= version

    def some_before(self, version: Version) -> bool:
        """Tell whether the range is known to have versions that are older than this one."""
        return (self.oldest is not None and self.oldest < version) or self.all_before(version)

    def all_since(self, version: Version) -> bool:
        """Tell whether every version of the range is this one or newer."""
        return self.oldest is not None and self.oldest >= version


def engine_ranges(pins: Sequence[EnginePin]) -> tuple[EngineRange, ...]:
    """Return what the pins of a root say about each engine that they name, in order of the engines.

    Exact pins decide before constraints, and each of several counts: all of them must be served.
    """
    return tuple(
        found
        for name in EngineName
        for found in _ranges([p for p in pins if p.engine.name is name])
    )


def _ranges(pins: Sequence[EnginePin]) -> Iterable[EngineRange]:
    exact = {pin.engine.version: pin for pin in reversed(pins) if pin.exact and pin.engine.version}
    if exact:
        return [
            EngineRange(name=pin.engine.name, oldest=version, below=version.next_patch, pin=pin)
            for version, pin in sorted(exact.items())
        ]
    if not pins:
        return []
    versions = [pin.engine.version for pin in pins if pin.engine.version is not None]
    bounds = [bound for pin in pins if (bound := _below(pin)) is not None]
    oldest = max(versions, default=None)
    strictest = [pin for pin in pins if pin.engine.version == oldest]
    return [
        EngineRange(
            name=pins[0].engine.name,
            oldest=oldest,
            below=min(bounds, default=None),
            pin=strictest[0],
        )
    ]


def _below(pin: EnginePin) -> Version | None:
    if not pin.statement.startswith(CONSTRAINT_PREFIX):
        return None
    return allowed_below(pin.statement.removeprefix(CONSTRAINT_PREFIX))
