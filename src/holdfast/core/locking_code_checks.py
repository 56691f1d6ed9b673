"""Checks over the code of a backend's roots, and over what their working directories are initialised with. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.backends import Backend, Locking
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.exclusion import table_name
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


def tables_check(fleet: Fleet, backend: Backend) -> Check:
    """Return whether the roots of each state name one table, in their code and in their caches.

    Two tables exclude nobody from each other, and the digest in one is stale as soon as somebody writes with the other.
    """
    named = list(_named_tables(fleet, backend))
    differing = {}
    for key in dict.fromkeys(each.key for each in named):
        tables: dict[str, list[str]] = {}
        for each in named:
            own = (use for use in backend.uses if use.key == each.key)
            if key == each.key or any(use.is_of(key) for use in own):
                tables.setdefault(table_name(each.table), []).append(each.words)
        if len(tables) > 1:
            differing[key] = tables
    return judged_check(
        TABLES_DIFFER,
        [
            Evidence(label="state", text=printable(f"`{backend.bucket}/{key}`: {_lines(tables)}"))
            for key, tables in differing.items()
        ],
        bad=CheckOutcome.REFUSED,
        words=f"{counted(len(differing), 'state')} whose roots name more than one lock table",
        passed="no state has roots that name different lock tables",
        hint="Let all roots of a state name the table that everybody locks in, and initialise them with it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedTable:
    """A lock table, the key that it is named for, and where."""

    key: str
    table: str
    words: str


def _named_tables(fleet: Fleet, backend: Backend) -> Iterator[_NamedTable]:
    for code in code_standings(fleet, backend):
        if code.key is not None and code.table is not None:
            yield _NamedTable(key=code.key, table=code.table, words=f"in {code.words}")
    for cache in cache_standings(fleet, backend):
        if cache.key is not None and cache.table is not None:
            words = f"in what `{cache.root}` is initialised with"
            yield _NamedTable(key=cache.key, table=cache.table, words=words)


def _lines(tables: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"`{table}` {', '.join(places)}" for table, places in tables.items())


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
