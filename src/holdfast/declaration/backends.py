"""The declared backends: names that are legal and distinct, accounts and keys that fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from holdfast.core.backends import Locking
from holdfast.core.declaration import DeclaredAccount, DeclaredBackend
from holdfast.core.likeness import listed, nearest_first
from holdfast.core.names import BUCKET_LENGTH_MAX, bucket_name_problems, table_name_problems
from holdfast.core.patterns import expand
from holdfast.declaration.accounts import Accounts, span_of
from holdfast.declaration.backends_compared import compare_backends, compare_partitions
from holdfast.declaration.document import Entry, MappingNode, ScalarNode, quoted_word
from holdfast.declaration.formats import kms_key_arn
from holdfast.declaration.mistakes import Position
from holdfast.declaration.naming import ORGANIZATION, Naming, NamingPattern
from holdfast.declaration.sound import SoundValues, entries_of, mapping_of

ACCOUNTS_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """The name of a bucket or table, and whether a pattern gave it."""

    text: str
    position: Position
    origin: str  # for a mistake: `, from ...`; empty when it is literal


class BackendReading:
    """Reads backends one after the other; what is wrong with them goes to `values`."""

    def __init__(
        self, values: SoundValues, *, naming: Naming, accounts: Accounts, kms_key: ScalarNode | None
    ) -> None:
        self._values = values
        self._naming = naming
        self._accounts = accounts
        self._kms_key = kms_key  # of the baseline

    def backends_of(self, root: MappingNode, *, path: str) -> tuple[DeclaredBackend, ...]:
        """Read `backends`. `path` is for their spans."""
        found = (
            self._backend(entry, body, path) for entry, body in entries_of(root.value("backends"))
        )
        backends = tuple(each for each in found if each is not None)
        compare_backends(backends, self._values)
        return backends

    def _backend(self, entry: Entry, body: MappingNode, path: str) -> DeclaredBackend | None:
        subject = f"backend {quoted_word(entry.key.text)}"
        account = self._account(body, subject)
        region = self._values.text(body, "region")
        locking_node = self._values.text(body, "locking")
        locking = Locking(locking_node.text) if locking_node is not None else None
        regional = self._values.flag(body, "account_regional")
        fields = self._fields(entry, account, region)
        bucket = self._name(entry, body, "bucket", fields)
        table = self._table(entry, body, locking, fields)
        kms_key = self._key(body, subject, region)
        if region is not None:
            compare_partitions(region, account, kms_key, subject, self._values)
        if bucket is not None and regional is not None:
            problems = bucket_name_problems(
                bucket.text,
                account_regional=regional,
                account=account.account if account is not None else None,
                region=region.text if region is not None else None,
            )
            if problems and bucket.origin:
                problems = (*problems, *_filter_hints(bucket.text))
            self._complain_of_name(bucket, f"`bucket` of {subject}", problems)
        if table is not None:
            problems = table_name_problems(table.text)
            self._complain_of_name(table, f"`lock_table` of {subject}", problems)
        if (
            account is None
            or region is None
            or locking is None
            or bucket is None
            or regional is None
        ):
            return None
        return DeclaredBackend(
            name=entry.key.text,
            account=account,
            region=region.text,
            locking=locking,
            bucket=bucket.text,
            table=table.text if table is not None else None,
            kms_key=kms_key,
            account_regional=regional,
            tags=self._tags(body),
            span=span_of(entry.key.position, path),
        )

    def _account(self, body: MappingNode, subject: str) -> DeclaredAccount | None:
        node = self._values.text(body, "account")
        if node is None:
            return None
        if node.text not in self._accounts.names:
            names = nearest_first(node.text, self._accounts.names)
            shown = listed(names[:ACCOUNTS_SHOWN_MAX])
            known = f"the accounts are {shown}" if names else "no accounts are declared"
            if len(names) > ACCOUNTS_SHOWN_MAX:
                known += f" and {len(names) - ACCOUNTS_SHOWN_MAX} more"
            words = f"`account` of {subject}: {quoted_word(node.text)} is not declared; {known}"
            self._values.complain(node.position, words)
        return self._accounts.of(node.text)

    def _fields(
        self, entry: Entry, account: DeclaredAccount | None, region: ScalarNode | None
    ) -> tuple[tuple[str, str], ...]:
        """Return the values for a naming pattern; none while one of the backend's own is missing."""
        if account is None or region is None:
            return ()
        organization = self._naming.organization
        return (
            *(((ORGANIZATION, organization),) if organization is not None else ()),
            ("account", account.name),
            ("account_id", account.account),
            ("region", region.text),
            ("backend", entry.key.text),
        )

    def _table(
        self,
        entry: Entry,
        body: MappingNode,
        locking: Locking | None,
        fields: tuple[tuple[str, str], ...],
    ) -> _Name | None:
        if locking is None:
            return None
        if locking.uses_table:
            return self._name(entry, body, "lock_table", fields)
        node = self._values.text(body, "lock_table")
        if node is not None:
            self._values.complain(
                node.position,
                f"`lock_table` of backend {quoted_word(entry.key.text)} has no use with locking"
                f" `{locking}`; while the table is still used, it is `{Locking.BOTH}`",
            )
        return None

    def _name(
        self,
        entry: Entry,
        body: MappingNode,
        setting: str,
        fields: tuple[tuple[str, str], ...],
    ) -> _Name | None:
        """Return a literal name, or else the one that the pattern gives; None after a mistake."""
        if body.value(setting) is not None:
            node = self._values.text(body, setting)
            return _Name(text=node.text, position=node.position, origin="") if node else None
        at = entry.key.position
        if setting not in self._naming.settings:
            words = f"backend {quoted_word(entry.key.text)} has no `{setting}`"
            self._values.complain(at, f"{words}, and there is no `naming.{setting}`")
            return None
        naming = self._naming.bucket if setting == "bucket" else self._naming.lock_table
        if naming is None or not fields:
            return None
        return self._expanded(naming, setting, entry, dict(fields))

    def _expanded(
        self, naming: NamingPattern, setting: str, entry: Entry, fields: dict[str, str]
    ) -> _Name | None:
        match expand(naming.pattern, fields):
            case str(text):
                origin = f", from `naming.{setting}`"
                return _Name(text=text, position=entry.key.position, origin=origin)
            case mistakes:
                for each in mistakes:
                    words = f"`{setting}` of backend {quoted_word(entry.key.text)}: {each.words}"
                    self._values.complain(naming.node.position_of(each.column), words)
                return None

    def _complain_of_name(self, name: _Name, subject: str, problems: Iterable[str]) -> None:
        words = "; ".join(problems)
        if words:
            self._values.complain(
                name.position, f"{subject}{name.origin}: {quoted_word(name.text)} {words}"
            )

    def _key(self, body: MappingNode, subject: str, region: ScalarNode | None) -> str | None:
        """Return the key of the backend, or else of the baseline; S3 takes one of the same region."""
        own = body.value("kms_key") is not None
        node = self._values.text(body, "kms_key") if own else self._kms_key
        arn = kms_key_arn(node.text) if node is not None else None
        if node is None or arn is None:
            return None
        if region is not None and arn.region != region.text:
            setting = f"`kms_key` of {subject}" if own else "`kms_key` of `baseline.encryption`"
            words = f"{setting} is in region `{arn.region}`, and {subject} in `{region.text}`"
            hint = "" if own else "; give that backend a `kms_key` of its own"
            self._values.complain(node.position, words + hint)
        return node.text

    def _tags(self, body: MappingNode) -> tuple[tuple[str, str], ...]:
        tags = mapping_of(body.value("tags"))
        return tuple(
            (entry.key.text, entry.value.text)
            for entry in (tags.entries if tags is not None else ())
            if isinstance(entry.value, ScalarNode)
        )


def _filter_hints(name: str) -> Iterator[str]:
    """Yield which filters would help a bucket's name that comes from a pattern."""
    if re.search(r"[A-Z]", name):
        yield "`{x:lower}` makes a field lower case"
    if len(name) > BUCKET_LENGTH_MAX:
        yield "`{x:20}` cuts a field to 20 characters"
