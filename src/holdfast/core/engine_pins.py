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


def has_tofu(repository: Repository) -> bool:
    """Tell whether anything in the repository names OpenTofu as an engine."""
    return any(pin.engine.name is EngineName.TOFU for root in repository.roots for pin in root.pins)


def may_run_tofu(root: Root, *, tofu_in_repository: bool) -> bool:
    """Tell whether a root may be run by OpenTofu.

    A version file beside it decides. `required_version` alone names no engine, so that one OpenTofu pin
    anywhere in the repository counts for a root that has nothing else.
    """
    if any(pin.engine.name is EngineName.TOFU for pin in root.pins):
        return True
    from_files = any(pin.exact and not _is_constraint(pin) for pin in root.pins)
    return tofu_in_repository and not from_files


def _is_constraint(pin: EnginePin) -> bool:
    return pin.statement.startswith("required_version")
