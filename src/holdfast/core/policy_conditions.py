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
from enum import Enum

from holdfast.core.policy_document import Condition, Patterns, Principals, Statement
from holdfast.core.policy_matching import has_variable, matches, reaches_action, unescaped


class Answer(Enum):
    """Say whether something holds."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"

    @classmethod
    def of(cls, *, holds: bool) -> Answer:
        """Return the answer to a question that can be decided."""
        return cls.YES if holds else cls.NO

    def negated(self) -> Answer:
        """Return the answer to the opposite question."""
        return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(self, Answer.MAYBE)


def all_hold(answers: Iterable[Answer]) -> Answer:
    """Return whether all of them hold."""
    found = set(answers)
    if Answer.NO in found:
        return Answer.NO
    return Answer.MAYBE if Answer.MAYBE in found else Answer.YES


def any_holds(answers: Iterable[Answer]) -> Answer:
    """Return whether one of them holds."""
    return all_hold(answer.negated() for answer in answers).negated()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who makes the requests: the IAM ARN of a role or user and its account, None where not known.

    STS tells the name of a role and not its path, so that `path_known` is then False.
    """

    arn: str | None = None
    account: str | None = None
    path_known: bool = True

    def is_named_by(self, pattern: str) -> Answer:
        """Tell whether the pattern of an ARN names the requester."""
        if self.arn is None:
            return Answer.MAYBE
        if matches(pattern, self.arn):
            return Answer.YES
        same_name = matches(pattern.rpartition("/")[2], self.arn.rpartition("/")[2])
        return Answer.MAYBE if same_name and not self.path_known else Answer.NO

    def is_member(self, kind: str, member: str) -> Answer:
        """Tell whether one principal of a statement is, or includes, the requester."""
        if kind != "AWS":
            return Answer.NO  # a service or an identity provider signs no request of an engine
        if member == "*":
            return Answer.YES
        account = member.removesuffix(":root").rpartition(":")[2]
        if len(account) == len("111111111111") and account.isdigit():
            if self.account is None:
                return Answer.MAYBE
            return Answer.of(holds=account == self.account)
        return self.is_named_by(member)


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


def includes(principals: Principals, requester: Requester) -> Answer:
    """Tell whether the requester is among the principals of a statement."""
    found = any_holds(requester.is_member(kind, member) for kind, member in principals.members)
    return found.negated() if principals.negated else found


def condition_holds(condition: Condition, request: Request) -> Answer:
    """Tell whether one condition holds for a request."""
    operator = condition.operator.lower()
    key = condition.key.lower()
    if key == "aws:principalarn" and operator.removesuffix("ifexists") in NAME_OPERATORS:
        named = any_holds(request.requester.is_named_by(value) for value in condition.values)
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
    compare = COMPARISONS.get(operator.removesuffix("ifexists").replace("not", ""))
    if compare is None or quantifier not in QUANTIFIERS:
        return Answer.MAYBE
    each_found = (found,) if isinstance(found, str) else found
    answers = [
        _one_holds(compare, value, condition, negated="not" in operator) for value in each_found
    ]
    return QUANTIFIERS[quantifier](answers)


def _holds_without_key(operator: str, quantifier: str) -> bool:
    if quantifier:
        return quantifier == "forallvalues" or operator.endswith("ifexists")
    return operator.endswith("ifexists") or "not" in operator


def _one_holds(
    compare: Callable[[str, str], bool], found: str, condition: Condition, *, negated: bool
) -> Answer:
    equal = any_holds(_compared(compare, found, value) for value in condition.values)
    return equal.negated() if negated else equal


def _compared(compare: Callable[[str, str], bool], found: str, value: str) -> Answer:
    if has_variable(value):
        return Answer.MAYBE
    try:
        return Answer.of(holds=compare(found, value))
    except ValueError:
        return Answer.MAYBE  # not a number, where one is compared


NAME_OPERATORS = frozenset(
    {
        "arnequals",
        "arnlike",
        "arnnotequals",
        "arnnotlike",
        "stringequals",
        "stringlike",
        "stringnotequals",
        "stringnotlike",
    }
)

# `ForAllValues:` asks it of every value of the request, `ForAnyValue:` of one.
QUANTIFIERS: Mapping[str, Callable[[Iterable[Answer]], Answer]] = {
    "": all_hold,
    "forallvalues": all_hold,
    "foranyvalue": any_holds,
}

# How a value in a request (first) compares to one in the policy (second).
COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": lambda found, value: found == unescaped(value),
    "stringequalsignorecase": lambda found, value: found.lower() == unescaped(value).lower(),
    "stringlike": lambda found, value: matches(value, found),
    "arnequals": lambda found, value: matches(value, found),
    "arnlike": lambda found, value: matches(value, found),
    "bool": lambda found, value: found.lower() == value.lower(),
    "numericequals": lambda found, value: float(found) == float(value),
    "numericlessthan": lambda found, value: float(found) < float(value),
    "numericlessthanequals": lambda found, value: float(found) <= float(value),
    "numericgreaterthan": lambda found, value: float(found) > float(value),
    "numericgreaterthanequals": lambda found, value: float(found) >= float(value),
}
