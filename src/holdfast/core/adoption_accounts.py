"""Which account each backend is in, what the accounts are called, and what the backends. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from holdfast.core.adoption import DraftAccount, MissingAccount
from holdfast.core.backends import Access, Backend
from holdfast.core.cloud import ObservedBackend
from holdfast.core.declaration import Declaration, DeclaredBackend
from holdfast.core.facts import Known
from holdfast.core.keys import ENVIRONMENTS

ROLE_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/")
ENTRY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
NAME_ALONE = "main"
OFFLINE_WORDS = "the cloud was not read, and neither a role nor `allowed_account_ids` names it"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvidence:
    """The account of one backend: its id, how it is reached, and how that is known."""

    identity: str
    access: Access
    reason: str
    alias: str = ""


def account_of(
    backend: Backend,
    observed: ObservedBackend | None,
    declared: DeclaredBackend | None,
    given: Sequence[str],
) -> AccountEvidence | MissingAccount:
    """Return the account of a backend by the first thing that names one; what is declared comes first."""
    access = Access(
        profile=backend.access.profile,
        role_arn=backend.access.role_arn,
        external_id=backend.access.external_id if backend.access.role_arn else None,
    )
    if declared is not None:
        own = declared.account
        return AccountEvidence(identity=own.account, access=own.access, reason="declared before")
    if backend.account is not None:
        reason = "`allowed_account_ids` of its roots"
        return AccountEvidence(identity=backend.account, access=access, reason=reason)
    role = ROLE_ACCOUNT.match(access.role_arn or "")
    if role is not None:
        return AccountEvidence(identity=role[1], access=access, reason="the role of its roots")
    caller = observed.caller if observed is not None else None
    if isinstance(caller, Known):
        return AccountEvidence(
            identity=caller.value.account,
            access=access,
            reason="the credentials that `init` ran with (sts:GetCallerIdentity)",
            alias=caller.value.alias,
        )
    if len(given) == 1:
        return AccountEvidence(identity=given[0], access=access, reason="given with `--account`")
    why = f"the caller could not be asked: {caller}" if caller is not None else OFFLINE_WORDS
    return MissingAccount(bucket=backend.bucket, why=why)


def named_accounts(
    evidence: Mapping[str, AccountEvidence],
    environments: Mapping[str, frozenset[str]],
    declaration: Declaration | None,
) -> dict[str, DraftAccount]:
    """Return the account of each bucket, named; two ways into one account are two entries.

    `environments` are those of the roots of each bucket.
    """
    buckets: dict[tuple[str, Access], list[str]] = {}
    for bucket, each in evidence.items():
        buckets.setdefault((each.identity, each.access), []).append(bucket)
    alone = len({identity for identity, _ in buckets}) == 1
    named: dict[str, DraftAccount] = {}
    taken: set[str] = set()
    for (identity, access), of_account in buckets.items():
        first = evidence[of_account[0]]
        wanted = (
            _declared_name(identity, access, declaration),
            _name_in_buckets(of_account, first.alias),
            first.alias,
            _only(frozenset().union(*(environments.get(each, frozenset()) for each in of_account))),
            access.profile or "",
            NAME_ALONE if alone else "",
            f"account-{identity}",
        )
        name = next(each for each in _usable(wanted, identity) if each not in taken)
        taken.add(name)
        account = DraftAccount(name=name, identity=identity, access=access, reason=first.reason)
        named |= dict.fromkeys(of_account, account)
    return named


def backend_names(
    backends: Sequence[Backend],
    accounts: Mapping[str, DraftAccount],
    *,
    chosen: Mapping[str, str],
    environments: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """Return a name for each bucket: `chosen`, else the account, the region or both, else the bucket itself.

    Several in one account and region are called after the environment, where each has one of its own.
    """
    of_environment = Counter(name for found in environments.values() for name in found)
    of_account = Counter(accounts[each.bucket].name for each in backends)
    of_region = Counter((accounts[each.bucket].name, each.region) for each in backends)
    names: dict[str, str] = {}
    for each in backends:
        account = accounts[each.bucket].name
        wanted = [chosen.get(each.bucket, "")]
        if of_account[account] == 1:
            wanted.append(account)
        elif of_region[account, each.region] == 1:
            region = each.region or ""
            wanted.append(region if len(of_account) == 1 else f"{account}-{region}")
        else:
            environment = _only(environments.get(each.bucket, frozenset()))
            wanted += [environment] if of_environment[environment] == 1 else []
        wanted.append(each.bucket)
        numbered = (f"{each.bucket[:60]}-{number}" for number in range(2, len(backends) + 2))
        names[each.bucket] = next(
            name
            for name in (*wanted, *numbered)
            if ENTRY_NAME.fullmatch(name) and name not in names.values()
        )
    return names


def _declared_name(identity: str, access: Access, declaration: Declaration | None) -> str:
    accounts = declaration.accounts if declaration is not None else ()
    same = [each for each in accounts if each.account == identity]
    exact = (each.name for each in same if each.access == access)
    return next(exact, same[0].name if len(same) == 1 else "")


def _name_in_buckets(buckets: Iterable[str], alias: str) -> str:
    """Return the word for the account that all of its buckets have in their names."""
    words = [set(re.split(r"[-_.]", bucket)) for bucket in buckets]
    if alias and all(alias in bucket for bucket in buckets):
        return alias
    return _only(frozenset(set.intersection(*words) & ENVIRONMENTS.keys()))


def _only(words: frozenset[str]) -> str:
    return next(iter(words)) if len(words) == 1 else ""


def _usable(names: Iterable[str], identity: str) -> Iterable[str]:
    """Yield the names that can be one, each with the account's id behind it as a second choice."""
    for name in names:
        if ENTRY_NAME.fullmatch(name):
            yield name
    for name in (*names, "account"):
        numbered = f"{name}-{identity}"
        if name and ENTRY_NAME.fullmatch(numbered):
            yield numbered
    yield from (f"account-{identity}-{number}" for number in range(2, 10_000))
