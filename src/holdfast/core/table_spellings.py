"""One spelling for each lock table: a table that is named by its name and by its ARN is one table. Pure.

DynamoDB takes an ARN wherever it takes a name, and so do the engines. A table that counts twice is locked twice: the
second lock of a work meets its own first one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from holdfast.core.accounts import wrong_account
from holdfast.core.backends import Backend
from holdfast.core.lock_tables import ARN_PATTERN

ROLE_PATTERN = re.compile(r"^arn:[a-z-]+:(?:iam|sts)::(?P<account>\d{12}):")


def distinct_tables(tables: Iterable[str], backend: Backend) -> tuple[str, ...]:
    """Return the tables of a backend, each in one spelling."""
    return tuple(dict.fromkeys(spellings_kept(tables, backend).values()))


def spellings_kept(tables: Iterable[str], backend: Backend) -> dict[str, str]:
    """Return, by every spelling, the one that is kept of its table: the plain name where somebody uses it.

    An ARN of another region or account is another table. Where the account is not known, ARNs of several accounts leave
    open which of them a plain name is, and every spelling is kept.
    """
    given = tuple(dict.fromkeys(tables))
    here: dict[str, list[str]] = {}
    for table in given:
        name = _name_here(table, backend)
        if name is not None:
            here.setdefault(name, []).append(table)
    kept = {table: table for table in given}
    for name, arns in here.items():
        if name in kept and len(arns) == 1:
            kept[arns[0]] = name
    return kept


def tables_beside(own: Sequence[str], near: Iterable[str], backend: Backend) -> tuple[str, ...]:
    """Return the tables among those of other backends that are none of a state's own, each in one spelling."""
    others = tuple(near)
    kept = spellings_kept((*own, *others), backend)
    taken = {kept[table] for table in own}
    return tuple(dict.fromkeys(kept[each] for each in others if kept[each] not in taken))


def with_one_spelling(backend: Backend, *, beside: Sequence[Backend] = ()) -> Backend:
    """Return a backend that has each of its tables in one spelling, its uses' too.

    `beside` are the backends of its fleet. Those whose account is known to be the same are spelled alike.
    """
    named = [use.table for use in backend.uses if use.table is not None]
    near = [table for each in beside if _are_together(backend, each) for table in each.tables]
    kept = spellings_kept((*backend.tables, *named, *near), backend)
    if all(spelling == table for table, spelling in kept.items()):
        return backend
    return replace(
        backend,
        tables=tuple(dict.fromkeys(kept[table] for table in backend.tables)),
        uses=tuple(
            use if use.table is None else replace(use, table=kept[use.table])
            for use in backend.uses
        ),
    )


def _are_together(one: Backend, other: Backend) -> bool:
    """Tell whether a plain name is known to be the same table for both."""
    return one.account is not None and (one.account, one.region, one.access) == (
        other.account,
        other.region,
        other.access,
    )


def _name_here(table: str, backend: Backend) -> str | None:
    """Return the name in an ARN that may be of the backend's own region and account; None for any other."""
    match = ARN_PATTERN.match(table)
    if match is None or backend.region not in {None, match["region"]}:
        return None
    role = ROLE_PATTERN.match(backend.access.role_arn or "")
    if role is not None and role["account"] != match["account"]:
        return None
    return match["name"] if wrong_account(backend, match["account"]) is None else None
