"""The KMS keys that roles need beside the names of their buckets and tables: given by the user, or asked of AWS.

Asking is `iam_key_asking.py`, which needs botocore.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from holdfast.core.backends import Backend
from holdfast.core.cloud import Encryption
from holdfast.core.default_encryption import SSE_S3
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.permission_scope import BackendScope

NOT_ASKED = Withheld(reason=Reason.NOT_ASKED)
TABLE_UNKNOWN = (
    "it is not known whether lock table `{0}` is encrypted with a KMS key, which the role would have to use{1}:"
    " {2}give `--table-key {0}=ARN`, or `{0}=none`"
)
BUCKET_UNKNOWN = (
    "it is not known whether `{0}` encrypts with a KMS key by default, which the role would have to use{1}:"
    " {2}declare `kms_key`, or set `encrypt`"
)
ASK = "ask AWS with `--online`, or "


class KeyAnswers(Protocol):
    """What can be asked of AWS."""

    def table_key(self, backend: Backend, table: str) -> Fact[str | None]:
        """Return the ARN of the KMS key of a table; None for DynamoDB's own, or without a table."""

    def bucket_encryption(self, backend: Backend) -> Fact[Encryption | None]:
        """Return the default encryption of the backend's bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """Where keys come from: `tables` are given, by the name of the table; the rest is asked, if at all."""

    tables: Mapping[str, str | None] = field(default_factory=dict)
    answers: KeyAnswers | None = None


def with_default_keys(
    backends: Sequence[Backend], source: KeySource
) -> tuple[tuple[Backend, ...], Mapping[str, Withheld]]:
    """Return the backends with the KMS key of their buckets where none is declared, and by bucket why it is not known.

    Nothing is asked of a bucket whose every root says how its state is encrypted.
    """
    found: list[Backend] = []
    unknown: dict[str, Withheld] = {}
    for backend in backends:
        encryption: Fact[Encryption | None] = Known(None)
        if backend.kms_key is None and not all(each.encrypt for each in backend.uses):
            encryption = (
                source.answers.bucket_encryption(backend)
                if source.answers is not None
                else NOT_ASKED
            )
        match encryption:
            case Known(Encryption(algorithm=algorithm, key=str() as key)) if algorithm != SSE_S3:
                found.append(replace(backend, kms_key=key))
                continue
            case Withheld():
                unknown[backend.bucket] = encryption
            case Known():
                pass
        found.append(backend)
    return tuple(found), unknown


def with_table_keys(
    scopes: Sequence[BackendScope], backends: Sequence[Backend], source: KeySource
) -> tuple[tuple[BackendScope, ...], Mapping[str, Withheld]]:
    """Return the scopes with the KMS keys of the tables of their states, and by table why one is not known."""
    by_bucket = {each.bucket: each for each in backends}
    unknown: dict[str, Withheld] = {}
    found: list[BackendScope] = []
    for scope in scopes:
        keys: dict[str, str | None] = {}
        for table in dict.fromkeys(each.table for each in scope.states if each.table is not None):
            match _table_key(by_bucket.get(scope.bucket), table, source):
                case Known(key):
                    keys[table] = key
                case Withheld() as withheld:
                    unknown[table] = withheld
        states = tuple(
            replace(each, table_key=keys.get(each.table)) if each.table is not None else each
            for each in scope.states
        )
        found.append(replace(scope, states=states))
    return tuple(found), unknown


def unknown_keys_words(
    tables: Mapping[str, Withheld], buckets: Mapping[str, Withheld]
) -> Iterator[str]:
    """Yield what the permissions lack, and what helps."""
    for words, things in ((TABLE_UNKNOWN, tables), (BUCKET_UNKNOWN, buckets)):
        for name, why in things.items():
            unasked = why == NOT_ASKED
            yield words.format(name, "" if unasked else f" ({why})", ASK if unasked else "")


def _table_key(backend: Backend | None, table: str, source: KeySource) -> Fact[str | None]:
    name = table.rpartition("/")[2]
    for each in (table, name):
        if each in source.tables:
            return Known(source.tables[each])
    if source.answers is None or backend is None:
        return NOT_ASKED
    return source.answers.table_key(backend, table)
