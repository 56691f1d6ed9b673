"""Facts: what was observed, or why it could not be.

A fact is `Known(value)` or `Withheld(...)`. There is no third form and no default, so that
code which forgets the second case does not type-check. Nothing here touches the outside world.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

Value_co = TypeVar("Value_co", covariant=True)
Value = TypeVar("Value")


class Reason(StrEnum):
    """Say why a fact could not be read."""

    PERMISSION = "permission"  # the service answered, and the answer was: not you
    THROTTLED = "throttled"  # retries were used up
    UNREACHABLE = "unreachable"  # no answer: name, route, TLS or time-out
    CREDENTIALS = "credentials"  # none, expired or not valid
    UNSUPPORTED = "unsupported"  # the store does not have this call
    NOT_ASKED = "not asked"  # `--offline`, or what it depends on is not known
    ERROR = "error"  # any other answer of the service


@dataclass(frozen=True, slots=True)
class Known(Generic[Value_co]):
    """Hold a value that was read."""

    value: Value_co


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Hold the reason for which a value could not be read.

    `permission` is the IAM action that was refused or would be needed (`s3:GetBucketVersioning`),
    empty where no action is missing. `detail` is the service's own words, already cleaned.
    """

    reason: Reason
    permission: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """Give the reason in a few words, the permission first."""
        match self.reason:
            case Reason.PERMISSION:
                return f"permission `{self.permission}` is missing"
            case Reason.NOT_ASKED:
                return self.detail or "not asked"
            case _:
                return f"{self.reason.value}: {self.detail}" if self.detail else self.reason.value


Fact: TypeAlias = Known[Value] | Withheld

OFFLINE = Withheld(reason=Reason.NOT_ASKED, detail="the cloud was not read (`--offline`)")


class UnknownFactError(Exception):
    """Carry a withheld fact out of a rule that needs it; only `findings.judge` catches it."""

    def __init__(self, withheld: Withheld) -> None:
        super().__init__(str(withheld))
        self.withheld = withheld


def need(fact: Fact[Value]) -> Value:
    """Return the value of a known fact; raise `UnknownFactError` for a withheld one."""
    match fact:
        case Known(value):
            return value
        case Withheld():
            raise UnknownFactError(fact)
