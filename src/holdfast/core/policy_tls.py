"""Whether a bucket policy denies every request without TLS, by what it does and not by its `Sid`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.core.policy_document import Condition, PolicyDocument, Statement
from holdfast.core.policy_matching import (
    reaches_all_actions,
    reaches_all_resources,
    reaches_resource,
)

TRANSPORT_KEY = "aws:securetransport"
VERSION_KEY = "s3:tlsversion"
POSITIVE_OPERATORS = frozenset({"bool", "stringequals", "stringequalsignorecase", "stringlike"})
NEGATIVE_OPERATORS = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike"})

# Exempting AWS's own services leaves every other request denied.
SERVICE_KEYS = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


def requires_tls(policy: PolicyDocument, bucket: str, *, partition: str = "aws") -> bool:
    """Tell whether every request for the bucket and its objects is denied when it comes without TLS.

    Bucket and objects may be covered by two statements.
    """
    statements = [each for each in policy.statements if _denies_plain_requests(each)]
    arn = f"arn:{partition}:s3:::{bucket}"
    return any(reaches_resource(each.resources, arn) for each in statements) and any(
        reaches_all_resources(each.resources, f"{arn}/") for each in statements
    )


def _denies_plain_requests(statement: Statement) -> bool:
    return (
        statement.denies
        and statement.principals.everyone
        and reaches_all_actions(statement.actions, "s3")
        and _holds_without_tls(statement.conditions)
    )


def _holds_without_tls(conditions: Sequence[Condition]) -> bool:
    """Tell whether the conditions are about TLS, and hold for every request without it.

    All of them must hold at once, so that any further condition would leave some requests out.
    """
    about_tls = [each for each in conditions if not _exempts_services(each)]
    return bool(about_tls) and all(map(_is_true_without_tls, about_tls))


def _is_true_without_tls(condition: Condition) -> bool:
    """Evaluate one condition for a request over plain HTTP.

    `aws:SecureTransport` is then `false`, and `s3:TlsVersion` is not there at all, so that only an
    operator with `IfExists` holds: `NumericLessThan` alone lets the request pass.
    """
    operator = condition.operator.lower()
    key = condition.key.lower()
    if key == TRANSPORT_KEY:
        values = {value.lower() for value in condition.values}
        operator = operator.removesuffix("ifexists")
        return (operator in POSITIVE_OPERATORS and "false" in values) or (
            operator in NEGATIVE_OPERATORS and values == {"true"}
        )
    return key == VERSION_KEY and operator in {
        "numericlessthanifexists",
        "numericlessthanequalsifexists",
    }


def _exempts_services(condition: Condition) -> bool:
    return (
        condition.key.lower() in SERVICE_KEYS
        and condition.operator.lower() in {"bool", "boolifexists"}
        and condition.values == ("false",)
    )
