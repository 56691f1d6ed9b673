"""Which of a root's statements about its engine decide what is the oldest one to run it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.core.engines import EngineName, Version
from holdfast.core.repository import EnginePin, Repository, Root


def deciding_pins(pins: Sequence[EnginePin]) -> tuple[EnginePin, ...]:
    """Return for each engine named the pin that decides its oldest version, in order of the engines.

    An exact pin (a version file) decides before a constraint; of several constraints the strictest does.
    """
    found = (_deciding([pin for pin in pins if pin.engine.name is name]) for name in EngineName)
    return tuple(pin for pin in found if pin is not None)


def _deciding(pins: Sequence[EnginePin]) -> EnginePin | None:
    bounded = [pin for pin in pins if pin.engine.version is not None]
    exact = [pin for pin in bounded if pin.exact]
    if exact:
        return min(exact, key=_version)
    return max(bounded, key=_version, default=None)


def _version(pin: EnginePin) -> Version:
    return pin.engine.version or Version(0)


def names_tofu(root: Root, repository: Repository) -> bool:
    """Tell whether a root may be run by OpenTofu.

    A version file beside it decides. `required_version` alone names no engine, so that one OpenTofu pin
    anywhere in the repository counts for a root that has nothing else.
    """
    names = {pin.engine.name for pin in root.pins}
    if EngineName.TOFU in names:
        return True
    if any(pin.exact and not _is_constraint(pin) for pin in root.pins):
        return False
    return any(
        pin.engine.name is EngineName.TOFU for other in repository.roots for pin in other.pins
    )


def _is_constraint(pin: EnginePin) -> bool:
    return pin.statement.startswith("required_version")
