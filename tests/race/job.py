"""What a contender is told and what it tells, as they go through its pipes."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self

from holdfast.core.backends import Locking


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Take the lock of `key` as often as `acquisitions` says, in at most `attempts_max` attempts.

    With `careless`, the lock is one that does not exclude: look first, then write without a condition.
    """

    name: str
    url: str
    bucket: str
    table: str
    key: str
    locking: Locking
    witness: Path
    acquisitions: int
    attempts_max: int
    careless: bool = False

    def to_json(self) -> str:
        """Return the job on one line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a job."""
        values = json.loads(text)
        values["locking"] = Locking(values["locking"])
        values["witness"] = Path(values["witness"])
        return cls(**values)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a contender went through.

    `refusals` counts the attempts that were refused, by the error. `crowded` is how often the witness saw
    somebody else in, `foreign` how often a lock that was held was not its own when it was read or given back.
    `reported` are the ids of locks that it could not give back for certain and said so, `unsettled` those of
    them that it could not remove by trying again either.
    """

    attempts: int = 0
    acquired: int = 0
    crowded: int = 0
    foreign: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    reported: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """Return the tally on one line."""
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a tally."""
        values = json.loads(text)
        values["refusals"] = Counter(values["refusals"])
        return cls(**values)

    def __add__(self, other: Self) -> Self:
        """Return the tally of two contenders."""
        return type(self)(
            attempts=self.attempts + other.attempts,
            acquired=self.acquired + other.acquired,
            crowded=self.crowded + other.crowded,
            foreign=self.foreign + other.foreign,
            refusals=self.refusals + other.refusals,
            reported=self.reported + other.reported,
            unsettled=self.unsettled + other.unsettled,
        )
