"""What a role can do with one state: a verdict for each verb, and what it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.core.access_judging import AccessVerdict, Judged
from holdfast.core.engine_calls import EngineVerb


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A request without which the verb still succeeds, and what is lost."""

    judged: Judged
    loss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbAccess:
    """Whether a role can do one thing.

    `in_the_way` are the requests that it cannot make, or that nobody knows about, the sure ones first. `problems` are what is
    not known of the state itself.
    """

    verb: EngineVerb
    in_the_way: tuple[Judged, ...] = ()
    lost: tuple[Lost, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def verdict(self) -> AccessVerdict:
        """Return the worst of what is known: one refusal is enough, and one unknown keeps it from `can`."""
        return worst((*(each.verdict for each in self.in_the_way), *self._unknown()))

    def _unknown(self) -> tuple[AccessVerdict, ...]:
        return (AccessVerdict.UNKNOWN,) if self.problems else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReport:
    """Everything that was found out about one role and one state."""

    role: str
    bucket: str
    key: str
    verbs: tuple[VerbAccess, ...]
    not_seen: tuple[str, ...]

    @property
    def verdict(self) -> AccessVerdict:
        """Return the worst verdict."""
        return worst(each.verdict for each in self.verbs)


def worst(verdicts: Iterable[AccessVerdict]) -> AccessVerdict:
    """Return the verdict of the whole: `cannot` before `unknown` before `can`."""
    found = set(verdicts)
    order = (AccessVerdict.CANNOT, AccessVerdict.UNKNOWN)
    return next((each for each in order if each in found), AccessVerdict.CAN)
