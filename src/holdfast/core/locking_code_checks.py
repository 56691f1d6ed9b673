"""Checks over the code of a backend's roots, and over what their working directories are initialised with. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from holdfast.core.backends import Backend, Locking
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.findings import Evidence
from holdfast.core.fleet import Fleet
from holdfast.core.locking_checks import Check, CheckOutcome, judged_check
from holdfast.core.locking_roots import (
    CacheStanding,
    CodeStanding,
    cache_standings,
    code_standings,
    open_roots,
)
from holdfast.core.source import SourceSpan

ROOT_NOT_CHANGED = "root-not-changed"
ROOT_NOT_SEEN = "root-not-seen"
CACHE_DIFFERS = "cache-differs"
TABLES_DIFFER = "tables-differ"

BOTH_OR_LOCKFILE = (Locking.BOTH, Locking.LOCKFILE)
BOTH_OR_TABLE = (Locking.BOTH, Locking.DYNAMODB)
LOCKFILE_ALONE = (Locking.LOCKFILE, Locking.NONE)  # neither takes an item in a table


def code_checks(fleet: Fleet, backend: Backend, wanted: Collection[Locking]) -> tuple[Check, ...]:
    """Return whether each live root of a backend surely locks in one of these modes, in its code and its cache."""
    standings = code_standings(fleet, backend)
    caches = cache_standings(fleet, backend)
    return (
        _not_changed(standings, wanted),
        _not_seen(standings, fleet, wanted),
        _cache_differs(caches, wanted),
    )


def _not_changed(standings: tuple[CodeStanding, ...], wanted: Collection[Locking]) -> Check:
    other = [
        each
        for each in standings
        if not each.doubt and each.mode is not None and each.mode not in wanted
    ]
    return judged_check(
        ROOT_NOT_CHANGED,
        [_of_code(each, f"locks with {mode_words(each.mode)}") for each in other],
        bad=CheckOutcome.REFUSED,
        words=f"{_roots(other)} in code with another locking than {wanted_words(wanted)}",
        passed=_seen_words(standings, wanted),
        hint="Change these roots first: run the stage before this one again.",
    )


def _seen_words(standings: tuple[CodeStanding, ...], wanted: Collection[Locking]) -> str:
    if not standings:
        return "no live root of this directory uses the backend"
    return f"no root has code with another locking than {wanted_words(wanted)}"


def _not_seen(
    standings: tuple[CodeStanding, ...], fleet: Fleet, wanted: Collection[Locking]
) -> Check:
    doubtful = [each for each in standings if each.doubt and each.mode not in wanted]
    evidence = [_of_code(each, each.doubt) for each in doubtful]
    evidence += [
        Evidence(label="root", text=f"`{each.root}`: {each.words}", span=each.span)
        for each in open_roots(fleet)
    ]
    count = len({each.root for each in doubtful} | {each.root for each in open_roots(fleet)})
    return judged_check(
        ROOT_NOT_SEEN,
        evidence,
        bad=CheckOutcome.UNKNOWN,
        words=f"how {counted(count, 'root')} will lock cannot be read from the code",
        passed="the code of every root can be read",
        hint="See that these roots lock as the others do, or that they use another backend.",
    )


def _cache_differs(caches: tuple[CacheStanding, ...], wanted: Collection[Locking]) -> Check:
    other = [each for each in caches if each.mode not in wanted]
    return judged_check(
        CACHE_DIFFERS,
        [
            Evidence(
                label="cache",
                text=f"`{each.root}` is initialised with {mode_words(each.mode)}",
                span=SourceSpan(each.path),
            )
            for each in other
        ],
        bad=CheckOutcome.REFUSED,
        words=f"{counted(len(other), 'root')} initialised with another locking than {wanted_words(wanted)}",
        passed="no working directory here is initialised with another locking"
        if caches
        else "no working directory here is initialised; those of others cannot be seen",
        hint="Run `init -reconfigure` in these directories: the state stays where it is.",
    )


def _of_code(standing: CodeStanding, text: str) -> Evidence:
    return Evidence(label="root", text=printable(f"{standing.words}: {text}"), span=standing.span)


def _roots(standings: list[CodeStanding]) -> str:
    return counted(len({each.root for each in standings}), "root")


def mode_words(mode: Locking | None) -> str:
    """Return a mode in words for a sentence."""
    match mode:
        case Locking.NONE:
            return "no lock"
        case Locking.DYNAMODB:
            return "the table alone"
        case Locking.LOCKFILE:
            return "the lock file alone"
        case Locking.BOTH:
            return "both locks"
        case None:
            return "a locking that cannot be told"


def wanted_words(wanted: Collection[Locking]) -> str:
    """Return modes as an alternative in words."""
    return " or ".join(_words_in_order(wanted))


def _words_in_order(wanted: Collection[Locking]) -> Iterator[str]:
    order = (Locking.BOTH, Locking.LOCKFILE, Locking.DYNAMODB, Locking.NONE)
    return (mode_words(mode) for mode in order if mode in wanted)
