"""The declared accounts: credentials that fit the account they are for."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.core.backends import Access
from holdfast.core.declaration import DeclaredAccount
from holdfast.core.source import SourceSpan
from holdfast.declaration.document import Entry, MappingNode, quoted_word
from holdfast.declaration.formats import role_arn
from holdfast.declaration.mistakes import Position
from holdfast.declaration.sound import SoundValues, entries_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts by name; `names` has those with mistakes too, so that naming one is none."""

    names: tuple[str, ...]
    sound: tuple[DeclaredAccount, ...]

    def of(self, name: str) -> DeclaredAccount | None:
        """Return the account of that name; None when there is none without mistakes."""
        return next((each for each in self.sound if each.name == name), None)


def accounts_of(root: MappingNode, values: SoundValues, *, path: str) -> Accounts:
    """Read `accounts`; what is wrong with them goes to `values`. `path` is for their spans."""
    node = root.value("accounts")
    names = tuple(each.key.text for each in node.entries) if isinstance(node, MappingNode) else ()
    found = (_account(entry, body, values, path) for entry, body in entries_of(node))
    return Accounts(names=names, sound=tuple(each for each in found if each is not None))


def span_of(position: Position, path: str) -> SourceSpan:
    """Return a place in the file as the model has it."""
    return SourceSpan(path, position.line, position.column)


def _account(
    entry: Entry, body: MappingNode, values: SoundValues, path: str
) -> DeclaredAccount | None:
    subject = f"account {quoted_word(entry.key.text)}"
    identity = values.text(body, "id")
    role = values.text(body, "role")
    external_id = values.text(body, "external_id")
    profile = values.text(body, "profile")
    if identity is not None and role is not None:
        arn = role_arn(role.text)
        if arn is not None and arn.account != identity.text:
            words = (
                f"`role` of {subject} is in account {arn.account}, and its `id` is {identity.text}"
            )
            values.complain(role.position, words)
    if external_id is not None and body.value("role") is None:
        words = f"`external_id` of {subject} has no use without a `role`"
        values.complain(external_id.position, words)
    if identity is None:
        return None
    return DeclaredAccount(
        name=entry.key.text,
        account=identity.text,
        access=Access(
            profile=profile.text if profile is not None else None,
            role_arn=role.text if role is not None else None,
            external_id=external_id.text if external_id is not None else None,
        ),
        span=span_of(entry.key.position, path),
    )
