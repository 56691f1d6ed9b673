"""What every read has in common: it gives a fact, and it raises for mistakes of ours alone.

A read is a function of the connections and an address that returns a plain value and lets AWS's errors
pass; `reads` turns it into one that returns a `Fact`. Addresses are values, so that a run can tell that it
has asked the same question before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import NotRequired, TypedDict, TypeVar

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.errors import AWS_ERRORS, error_code, withheld
from holdfast.core.cleaning import printable
from holdfast.core.facts import Fact, Known, Reason, Withheld

ARN_PARTS_MIN = 6  # arn:partition:service:region:account:resource

Address = TypeVar("Address")
Value = TypeVar("Value")


class BucketArguments(TypedDict):
    """The arguments that every S3 read begins with."""

    Bucket: str
    ExpectedBucketOwner: NotRequired[str]


def reads(
    permission: str,
) -> Callable[
    [Callable[[Connections, Address], Value]], Callable[[Connections, Address], Fact[Value]]
]:
    """Make a read of a function: its value becomes `Known`, every error of AWS `Withheld`.

    `permission` is the IAM action that the call needs, which is not always named as the call is.
    """

    def decorate(
        function: Callable[[Connections, Address], Value],
    ) -> Callable[[Connections, Address], Fact[Value]]:
        @wraps(function)
        def read(connections: Connections, address: Address) -> Fact[Value]:
            try:
                return Known(function(connections, address))
            except AWS_ERRORS as error:
                return withheld(error, permission=permission)
            except (KeyError, ValueError) as error:
                # Stores that are not AWS answer calls that they do not have with something else (a
                # listing, an empty document). The fact is then not known, whatever else came.
                detail = f"the answer is not as the API describes it: {printable(str(error))}"
                return Withheld(reason=Reason.ERROR, detail=detail)

        return read

    return decorate


def unset(error: ClientError, code: str) -> None:
    """Return when the error says that the setting is not there; raise it again otherwise."""
    if error_code(error) != code:
        raise error


def region_of_arn(arn: str) -> str | None:
    """Return the region that an ARN names; None for a text that is not a whole ARN."""
    parts = arn.split(":")
    return parts[3] or None if len(parts) >= ARN_PARTS_MIN else None


def canonical_json(document: object) -> str:
    """Return a document of AWS as JSON that is the same for the same meaning: sorted, no spaces.

    Dates become the ISO 8601 text that the API takes back.
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), default=_date_text)


def plain_document(document: object) -> Mapping[str, object]:
    """Return a document of AWS as JSON would carry it: dates as text, nothing else changed."""
    plain: dict[str, object] = json.loads(canonical_json(document))
    return plain


def _date_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    message = f"AWS documents hold no {type(value).__name__}"
    raise TypeError(message)
