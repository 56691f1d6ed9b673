"""Prove of a command that nothing is lost, whatever befalls it at any of its steps.

How a command is added: write a `Proof` beside those in `commands.py` (how its fleet is built, its arguments, the end
that it has to come to, the places that somebody else may write meanwhile) and put it into `PROOFS` there. Each `Column`
of the table is then a test of it, which disturbs every step in turn, each time in a fleet of its own:

- killed by SIGKILL after any step (a request to the store, or a change of a file), and run again: the same end;
- the answer to a change is lost, or the change is refused: it ends in words of its own, and running it again, when all
  is allowed, comes to the same end; where it says that nothing was changed, nothing was;
- somebody else writes the state, its lock or its digest just before a change, without asking: theirs is still there.

A fleet of another kind than one root with a few states needs what `Fleet` offers here: `repository`, `environment`,
`watched`, `names`, `places`, `locks` and `snapshot`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from tests.nothing_lost.fleet import (
    DIGEST_SUFFIX,
    LOCK_SUFFIX,
    Fleet,
    Place,
    body_of,
    foreign_lock,
    md5_of,
)
from tests.nothing_lost.running import KILLED, Ended, Runner
from tests.nothing_lost.steps import (
    AnswerLost,
    Disturbance,
    Interfered,
    Killed,
    Refused,
    Step,
)
from tests.nothing_lost.table import READS, Cell, Column

THEIRS = body_of(40, "of somebody else")
THEIR_DIGEST = "f" * 32
AGAIN = "again: completed"
TOMBSTONE = "moved to "
SHORT_STEPS = 2  # of each command and disturbance, in `make test`


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is proven of one command.

    `assert_end` looks at everything: bytes, digests, locks, code. `places` are the labels of the places that somebody
    else writes. `nothing_left` are the errors that running it again may end with when it was done already. `like` is the
    command that this one is nearly the same as: a short run only kills it.
    """

    command: str
    build: Callable[[], Fleet]
    arguments: Callable[[Fleet], tuple[str, ...]]
    assert_end: Callable[[Fleet], None]
    places: tuple[str, ...]
    nothing_left: frozenset[str] = frozenset()
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """Disturbs the steps of a command: all of them, or (not `every`) only so many that it is short."""

    runner: Runner
    every: bool

    def prove(self, proof: Proof, column: Column) -> Iterator[Cell]:
        """Disturb one step after the other in the way of the column; yield what was seen."""
        if proof.like and not self.every and column is not Column.KILLED:
            return
        steps = self.undisturbed(proof)
        changes = {each.change: each.words for each in steps if each.is_change}
        for step in self._disturbed(steps, column):
            match column:
                case Column.KILLED:
                    seen = self.killed(proof, step)
                case Column.ANSWER_LOST:
                    seen = self.completed(proof, AnswerLost(at=step.number))
                case Column.REFUSED:
                    seen = self.completed(proof, Refused(at=step.number))
                case Column.STATE | Column.LOCK | Column.DIGEST:
                    seen = self.interfered(proof, step, column)
                case _:
                    assert_never(column)
            yield Cell(
                command=proof.command,
                change=step.change,
                words=changes.get(step.change, READS),
                column=column,
                seen=seen,
            )

    def undisturbed(self, proof: Proof) -> tuple[Step, ...]:
        """Return the steps of a run that nothing disturbs, which comes to the end."""
        fleet = proof.build()
        ended = self.run(proof, fleet)
        assert (ended.status, ended.errors) == (0, ""), ended
        proof.assert_end(fleet)
        return ended.steps

    def _disturbed(self, steps: tuple[Step, ...], column: Column) -> tuple[Step, ...]:
        """Return the steps that are disturbed: after the last one there is nothing left to be killed."""
        if column is Column.KILLED:
            found = steps[:-1] if self.every else [each for each in steps[:-1] if each.is_change]
        else:
            found = [
                each
                for each in steps
                if each.is_change and (column is Column.REFUSED or not each.is_file)
            ]
        return tuple(found if self.every else spread(found, SHORT_STEPS))

    def run(self, proof: Proof, fleet: Fleet, disturbance: Disturbance | None = None) -> Ended:
        """Run the command in a fleet."""
        return self.runner.run(
            proof.arguments(fleet),
            directory=fleet.repository,
            environment=fleet.environment(through=self.runner.proxy.url),
            watched=fleet.watched,
            names=fleet.names,
            disturbance=disturbance,
        )

    # What is proven ---------------------------------------------------------------------------------

    def killed(self, proof: Proof, step: Step) -> str:
        """Kill it after a step, and complete it."""
        fleet = proof.build()
        ended = self.run(proof, fleet, Killed(after=step.number))
        assert ended.status == KILLED, (step, ended)
        self._again(proof, fleet, step)
        return AGAIN

    def completed(self, proof: Proof, disturbance: AnswerLost | Refused) -> str:
        """Disturb a step, and complete what was not done in spite of it."""
        fleet = proof.build()
        before = fleet.snapshot()
        ended = self.run(proof, fleet, disturbance)
        ended.assert_in_words()
        if ended.status == 0:
            proof.assert_end(fleet)
            return ended.words
        if "nothing was changed" in ended.errors:
            assert fleet.snapshot() == before, ended
        self._again(proof, fleet, disturbance)
        return f"{ended.words}; {AGAIN}"

    def _again(self, proof: Proof, fleet: Fleet, disturbed: object) -> None:
        again = self.run(proof, fleet)
        again.assert_in_words()
        assert again.status == 0 or again.slug in proof.nothing_left, (disturbed, again)
        proof.assert_end(fleet)

    def interfered(self, proof: Proof, step: Step, column: Column) -> str:
        """Have somebody else write at each place just before a step: theirs is not lost."""
        seen: dict[str, list[str]] = {}
        for label in proof.places:
            fleet = proof.build()
            place = fleet.place(label)
            ended = self.run(
                proof, fleet, Interfered(before=step.number, act=partial(_write, place, column))
            )
            ended.assert_in_words()
            words = f"{ended.words}, {_what_became(fleet, place, column, ended)}"
            seen.setdefault(words, []).append(label)
        if len(seen) == 1:
            return next(iter(seen))
        return "; ".join(f"{', '.join(labels)}: {words}" for words, labels in seen.items())


def spread(steps: Sequence[Step], count: int) -> list[Step]:
    """Return so many steps, evenly spread, the last one among them."""
    return [steps[len(steps) * (number + 1) // count - 1] for number in range(count)]


def _write(place: Place, column: Column) -> None:
    """Write what a column is about, without asking."""
    match column:
        case Column.STATE:
            place.spot.put_object(place.key, THEIRS)
        case Column.LOCK:
            info = foreign_lock(place)
            place.spot.put_object(f"{place.key}{LOCK_SUFFIX}", info.body)
            place.spot.put_item(place.key, Info=info.text)
        case Column.DIGEST:
            place.spot.put_item(f"{place.key}{DIGEST_SUFFIX}", Digest=THEIR_DIGEST)
        case _:
            raise ValueError(column)


def _what_became(fleet: Fleet, place: Place, column: Column, ended: Ended) -> str:
    """Assert that what somebody else wrote is not lost, and that nothing of ours is left; say what became of it."""
    others = [
        info
        for info in fleet.locks().values()
        if info != foreign_lock(place) and not info.info.startswith(TOMBSTONE)
    ]
    assert others == [], ended
    match column:
        case Column.STATE:
            assert place.body() == THEIRS, ended
            return "theirs stays"
        case Column.LOCK:
            theirs = [info for info in place.spot.locks().values() if info == foreign_lock(place)]
            assert len(theirs) == 2, ended
            return "theirs stays"
        case Column.DIGEST:
            body, digest = place.body(), place.digest()
            right = md5_of(body) if body is not None else None
            assert digest in {THEIR_DIGEST, right}, ended
            return "theirs stays" if digest == THEIR_DIGEST else "the right one is there"
        case _:
            raise ValueError(column)
