"""Whether a statement of a policy holds for a request, as far as that can be told. Pure.

There are three answers. `MAYBE` is for what depends on something that is not known here: the network that a
request comes from, its organisation, a role that nobody named.

Sources: IAM user guide, "JSON policy elements: Condition operators". Of a key that is not in the request,
negated operators hold and others do not; `IfExists` holds; several keys must all hold, of several values one
is enough. "Multivalued context keys": `ForAllValues:` holds of a key that is not in the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from holdfast.core.policy_answers import Answer, all_hold, any_holds
from holdfast.core.policy_document import Condition, Patterns, Statement
from holdfast.core.policy_matching import has_variable, matches, reaches_action, unescaped
from holdfast.core.policy_principals import Comparison, Requester, arn_matches, includes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: its action, its resource's ARN, and what it carries.

    `context` has the condition keys, in lower case, whose values are known; None is a key that the request
    does not carry, a tuple the values of a key with many (`dynamodb:LeadingKeys`). A key that is not there can be
    anything.
    """

    action: str
    resource: str
    requester: Requester
    context: Mapping[str, str | tuple[str, ...] | None]


def applies(statement: Statement, request: Request) -> Answer:
    """Tell whether a statement holds for a request."""
    if not reaches_action(statement.actions, request.action):
        return Answer.NO
    return all_hold(
        (
            speaks_of(statement.resources, request.resource),
            includes(statement.principals, request.requester),
            *(condition_holds(each, request) for each in statement.conditions),
        )
    )


def speaks_of(resources: Patterns, resource: str) -> Answer:
    """Tell whether a statement speaks of a resource; what a variable in a pattern stands for is not known."""
    found = any_holds(
        Answer.NO
        if not matches(each, resource)
        else (Answer.MAYBE if has_variable(each) else Answer.YES)
        for each in resources.patterns
    )
    return found.negated() if resources.negated else found


def condition_holds(condition: Condition, request: Request) -> Answer:
    """Tell whether one condition holds for a request."""
    operator = condition.operator.lower()
    key = condition.key.lower()
    if key == "aws:principalarn" and (compare := _comparison(operator)) is not None:
        # Every request that is signed has exactly one.
        named = any_holds(
            request.requester.arn_compares(partial(_compared, compare), value)
            for value in condition.values
        )
        return named.negated() if "not" in operator else named
    if key not in request.context:
        return Answer.MAYBE
    found = request.context[key]
    if operator == "null":
        wanted = {value.lower() == "true" for value in condition.values}
        return Answer.of(holds=(found is None) in wanted)
    quantifier, colon, operator = operator.rpartition(":")
    if not colon and isinstance(found, tuple):
        return (
            Answer.MAYBE
        )  # AWS does not define a single-valued operator on a key with many values
    if found is None:
        return Answer.of(holds=_holds_without_key(operator, quantifier))
    compare = _comparison(operator)
    if compare is None or quantifier not in QUANTIFIERS:
        return Answer.MAYBE
    each_found = (found,) if isinstance(found, str) else found
    answers = [
        _one_holds(compare, value, condition, negated="not" in operator) for value in each_found
    ]
    return QUANTIFIERS[quantifier](answers)


def _comparison(operator: str) -> Comparison | None:
    return COMPARISONS.get(operator.removesuffix("ifexists").replace("not", ""))


def _holds_without_key(operator: str, quantifier: str) -> bool:
    if quantifier:
        return quantifier == "forallvalues" or operator.endswith("ifexists")
    return operator.endswith("ifexists") or "not" in operator


def _one_holds(compare: Comparison, found: str, condition: Condition, *, negated: bool) -> Answer:
    equal = any_holds(_compared(compare, found, value) for value in condition.values)
    return equal.negated() if negated else equal


def _compared(compare: Comparison, found: str, value: str) -> Answer:
    if has_variable(value):
        return Answer.MAYBE
    try:
        return compare(found, value)
    except ValueError:
        return Answer.MAYBE  # not a number, where one is compared


# `ForAllValues:` asks it of every value of the request, `ForAnyValue:` of one.
QUANTIFIERS: Mapping[str, Callable[[Iterable[Answer]], Answer]] = {
    "": all_hold,
    "forallvalues": all_hold,
    "foranyvalue": any_holds,
}


def _decided(compare: Callable[[str, str], bool]) -> Comparison:
    return lambda found, value: Answer.of(holds=compare(found, value))


# Wildcards count for the operators with `Like`, and for those on ARNs.
COMPARISONS: Mapping[str, Comparison] = {
    "stringequals": _decided(lambda found, value: found == unescaped(value)),
    "stringequalsignorecase": _decided(
        lambda found, value: found.lower() == unescaped(value).lower()
    ),
    "stringlike": _decided(lambda found, value: matches(value, found)),
    "arnequals": arn_matches,
    "arnlike": arn_matches,
    "bool": _decided(lambda found, value: found.lower() == value.lower()),
    "numericequals": _decided(lambda found, value: float(found) == float(value)),
    "numericlessthan": _decided(lambda found, value: float(found) < float(value)),
    "numericlessthanequals": _decided(lambda found, value: float(found) <= float(value)),
    "numericgreaterthan": _decided(lambda found, value: float(found) > float(value)),
    "numericgreaterthanequals": _decided(lambda found, value: float(found) >= float(value)),
}
