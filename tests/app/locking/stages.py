"""The stages that are tested, and all that is to be there after each of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from holdfast.core.backends import Locking
from tests.app.locking.ground import Ground, Seen, body_of, md5_of

KEY = "network/terraform.tfstate"
STATES = (KEY, f"env:/blue/{KEY}", f"env:/green/{KEY}")
TABLE, FILE = 'dynamodb_table = "TABLE"', "use_lockfile = true"
FILE_BELOW = "use_lockfile   = true"  # in line with the table's argument above it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The way, from where to where, and the arguments before and after."""

    goal: Locking
    before: Locking
    after: Locking
    old: tuple[str, ...]
    new: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.before}-to-{self.after}-for-{self.goal}"

    def written(self, ground: Ground, *keys: str) -> dict[str, bytes]:
        """Write states as engines do that lock as before."""
        bodies = {key: body_of(3, key) for key in keys}
        for key, body in bodies.items():
            ground.put(key, body, digest=self.before.uses_table)
        return bodies

    def seen_after(
        self, ground: Ground, texts: Mapping[str, str], bodies: Mapping[str, bytes]
    ) -> Seen:
        """Return all there is: digests stay where they were, and whoever comes back to the table writes them later."""
        kept = self.after if self.before.uses_table else Locking.LOCKFILE
        return seen_in(ground, texts, bodies, kept)

    def notes(self, ground: Ground, bodies: Mapping[str, bytes]) -> list[object]:
        """Return what the journal has to say."""
        if not self.before.uses_table or self.after.uses_table:
            return []
        return [
            ground.noted(key, md5_of(body), "remove the digest") for key, body in bodies.items()
        ]


def seen_in(
    ground: Ground, texts: Mapping[str, str], bodies: Mapping[str, bytes], locking: Locking
) -> Seen:
    """Return all there is when every state was written and locked in one way."""
    digests = {key: md5_of(body) for key, body in bodies.items()} if locking.uses_table else {}
    return Seen(
        files={path: ground.filled(text).encode() for path, text in texts.items()},
        states=bodies,
        digests=digests,
        locks={},
    )


def _stage(
    goal: Locking, before: Locking, after: Locking, old: tuple[str, ...], new: tuple[str, ...]
) -> Stage:
    return Stage(goal=goal, before=before, after=after, old=old, new=new)


_DYNAMODB, _BOTH, _LOCKFILE = Locking.DYNAMODB, Locking.BOTH, Locking.LOCKFILE
# There and back.
TO_BOTH = _stage(_LOCKFILE, _DYNAMODB, _BOTH, (TABLE,), (TABLE, FILE_BELOW))
TO_LOCKFILE = _stage(_LOCKFILE, _BOTH, _LOCKFILE, (TABLE, FILE), (FILE,))
BACK_TO_BOTH = _stage(_DYNAMODB, _LOCKFILE, _BOTH, (FILE,), (FILE, TABLE))
BACK_TO_DYNAMODB = _stage(_DYNAMODB, _BOTH, _DYNAMODB, (TABLE, FILE), (TABLE,))
THERE_AND_BACK = (TO_BOTH, TO_LOCKFILE, BACK_TO_BOTH, BACK_TO_DYNAMODB)
ALL_STAGES = (
    *THERE_AND_BACK,
    _stage(_BOTH, _DYNAMODB, _BOTH, (TABLE, "use_lockfile = false"), (TABLE, FILE)),
    _stage(_BOTH, _LOCKFILE, _BOTH, (FILE,), (FILE, TABLE)),
    _stage(_LOCKFILE, Locking.NONE, _BOTH, (), (FILE, TABLE)),
    _stage(_DYNAMODB, Locking.NONE, _BOTH, (), (FILE, TABLE)),
)
EVERY_STAGE = pytest.mark.parametrize("stage", ALL_STAGES, ids=str)
MAIN_STAGES = pytest.mark.parametrize("stage", THERE_AND_BACK, ids=str)
