"""The policy that a bucket has, as a fact. Pure."""

from __future__ import annotations

from holdfast.core.facts import Fact, Reason, UnknownFactError, Withheld, need
from holdfast.core.policy_document import PolicyDocument, PolicyUnreadableError, parsed_policy


def stored_policy(fact: Fact[str | None]) -> PolicyDocument | None:
    """Return a bucket's policy, None when it has none.

    Raises `UnknownFactError` when it could not be read, and when what was read is not a policy: that is not
    the same as having none.
    """
    text = need(fact)
    if text is None:
        return None
    try:
        return parsed_policy(text)
    except PolicyUnreadableError as error:
        detail = f"the bucket policy is not understood: {error}"
        raise UnknownFactError(Withheld(reason=Reason.ERROR, detail=detail)) from error
