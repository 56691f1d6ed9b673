"""Bucket policies as a whole: adding statements to one, and telling whether two do the same. Pure.

PutBucketPolicy replaces the whole text, so a merge starts from the stored one and leaves everything in it as
it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from holdfast.core.policy_document import (
    canonical,
    meaning_of,
    parsed_policy,
    parsed_statement,
    policy_object,
    statement_objects,
)

VERSION_NEW = "2012-10-17"


def merged_policy(stored: str | None, statements: Sequence[str]) -> str:
    """Return the stored policy with the statements added that it does not have yet.

    `stored` None is a bucket without a policy. Statements that are there by meaning are not added again; a
    `Sid` that is taken by a statement of another meaning stays with it, and the new one gets a `Sid` of its
    own. When nothing is missing, the stored text itself comes back.

    Raises `PolicyUnreadableError` when the stored text is not a policy: it is never taken for an empty one.
    """
    text = stored if stored is not None else canonical({"Version": VERSION_NEW, "Statement": []})
    policy = parsed_policy(text)
    meanings = {meaning_of(each) for each in policy.statements}
    taken = {each.sid for each in policy.statements}
    added: list[dict[str, object]] = []
    for addition in statements:
        meaning = meaning_of(parsed_statement(addition))
        if meaning not in meanings:
            statement = policy_object(addition)
            if "Sid" in statement:
                statement["Sid"] = _free_sid(str(statement["Sid"]), taken)
                taken.add(str(statement["Sid"]))
            meanings.add(meaning)
            added.append(statement)
    if not added:
        return text
    document = policy_object(text)
    document["Statement"] = [*statement_objects(document), *added]
    return json.dumps(document, separators=(",", ":"))


def policies_equal(first: str | None, second: str | None) -> bool:
    """Tell whether two policies do the same under the same names.

    AWS stores a policy in its own order and with principals in its own words, so texts do not tell. Raises
    `PolicyUnreadableError`.
    """
    if first is None or second is None:
        return first is second
    return _normal(first) == _normal(second)


def _normal(text: str) -> tuple[str, str, list[tuple[str, str]]]:
    policy = parsed_policy(text)
    statements = sorted({(each.sid, meaning_of(each)) for each in policy.statements})
    return policy.version, policy.rest, statements


def _free_sid(wanted: str, taken: set[str]) -> str:
    """Return a `Sid` that no statement has; digits only, since a `Sid` is letters and digits."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}{number}" in taken:
        number += 1
    return f"{wanted}{number}"
