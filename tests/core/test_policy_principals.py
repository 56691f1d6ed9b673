"""Whether a policy speaks of a role, by whatever name: what depends on its session, its path or its id is never certain."""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.core.policy_answers import Answer
from holdfast.core.policy_conditions import Request, applies
from holdfast.core.policy_document import Principals, Statement, parsed_statement
from holdfast.core.policy_principals import Requester, includes

YES, NO, MAYBE = Answer.YES, Answer.NO, Answer.MAYBE
ACCOUNT = "111111111111"
IAM = f"arn:aws:iam::{ACCOUNT}"
STS = f"arn:aws:sts::{ACCOUNT}"
ROLE = Requester(arn=f"{IAM}:role/ci", account=ACCOUNT)
BELOW = Requester(arn=f"{IAM}:role/path/ci", account=ACCOUNT)
BY_STS = Requester(arn=f"{IAM}:role/ci", account=ACCOUNT, path_known=False)
USER = Requester(arn=f"{IAM}:user/ann", account=ACCOUNT)
FEDERATED = Requester(arn=f"{STS}:federated-user/ann", account=ACCOUNT)
NOBODY = Requester()


@pytest.mark.parametrize(
    ("kind", "member", "requester", "expected"),
    [
        ("AWS", "*", NOBODY, YES),
        ("AWS", ACCOUNT, ROLE, YES),
        ("AWS", f"{IAM}:root", ROLE, YES),
        ("AWS", "222222222222", ROLE, NO),
        ("AWS", "222222222222", NOBODY, MAYBE),
        ("AWS", f"{IAM}:role/ci", ROLE, YES),
        ("AWS", f"{IAM}:role/other", ROLE, NO),
        ("AWS", f"{IAM}:role/path/ci", ROLE, NO),
        ("AWS", f"{IAM}:role/path/ci", BELOW, YES),
        ("AWS", f"{IAM}:role/ci", BY_STS, YES),
        ("AWS", f"{IAM}:role/path/ci", BY_STS, MAYBE),
        ("AWS", f"{IAM}:role/ci", NOBODY, MAYBE),
        ("AWS", f"{IAM}:user/ann", USER, YES),
        ("AWS", f"{IAM}:user/ci", ROLE, NO),
        # A session of the role, by whatever name; the ARN of a session has no path.
        ("AWS", f"{STS}:assumed-role/ci/run-1", ROLE, MAYBE),
        ("AWS", f"{STS}:assumed-role/ci/run-1", BELOW, MAYBE),
        ("AWS", f"{STS}:assumed-role/ci/run-1", BY_STS, MAYBE),
        ("AWS", f"{STS}:assumed-role/ci", ROLE, MAYBE),
        ("AWS", f"{STS}:assumed-role/other/run-1", ROLE, NO),
        ("AWS", "arn:aws:sts::222222222222:assumed-role/ci/run-1", ROLE, NO),
        ("AWS", f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/ci/run-1", ROLE, NO),
        ("AWS", f"{STS}:assumed-role/ci/run-1", USER, NO),
        ("AWS", f"{STS}:assumed-role/ci/run-1", NOBODY, MAYBE),
        # Unique ids: of roles, and of users.
        ("AWS", "AROAEXAMPLEEXAMPLE123", ROLE, MAYBE),
        ("AWS", "AROAEXAMPLEEXAMPLE123", USER, NO),
        ("AWS", "AIDAEXAMPLEEXAMPLE123", USER, MAYBE),
        ("AWS", "AIDAEXAMPLEEXAMPLE123", ROLE, NO),
        ("AWS", "AROAEXAMPLEEXAMPLE123", NOBODY, MAYBE),
        # Wildcards, which AWS does not store.
        ("AWS", f"{IAM}:role/*", ROLE, MAYBE),
        ("AWS", "arn:aws:iam::222222222222:role/*", ROLE, NO),
        # Who made a federated session is not to be seen.
        ("AWS", f"{STS}:federated-user/ann", FEDERATED, YES),
        ("AWS", f"{IAM}:user/bob", FEDERATED, MAYBE),
        ("AWS", "arn:aws:iam::222222222222:user/bob", FEDERATED, NO),
        ("Service", "logging.s3.amazonaws.com", ROLE, NO),
        ("Federated", f"{IAM}:oidc-provider/token.actions.githubusercontent.com", ROLE, MAYBE),
        ("Federated", f"{IAM}:oidc-provider/token.actions.githubusercontent.com", USER, NO),
        (
            "CanonicalUser",
            "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
            ROLE,
            MAYBE,
        ),
    ],
)
def test_a_principal_names_the_requester_or_not(
    kind: str, member: str, requester: Requester, expected: Answer
) -> None:
    assert includes(Principals(members=((kind, member),)), requester) is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (("*",), NO),
        ((f"{IAM}:user/bob",), YES),
        (("222222222222", "arn:aws:iam::222222222222:role/ci"), YES),
        ((f"{IAM}:role/ci",), MAYBE),
        ((f"{IAM}:role/ci", ACCOUNT), MAYBE),
        ((f"{IAM}:role/ci", f"{STS}:assumed-role/ci/run-1", ACCOUNT), MAYBE),
        ((f"{STS}:assumed-role/ci/run-1",), MAYBE),
        (("AROAEXAMPLEEXAMPLE123",), MAYBE),
    ],
)
def test_whom_not_principal_leaves_out_is_not_certain(
    members: tuple[str, ...], expected: Answer
) -> None:
    principals = Principals(members=tuple(("AWS", each) for each in members), negated=True)
    assert includes(principals, ROLE) is expected


@pytest.mark.parametrize(
    ("operator", "value", "requester", "expected"),
    [
        ("ArnLike", f"{IAM}:role/ci", ROLE, YES),
        ("ArnLike", "arn:aws:iam::*:role/ci", ROLE, YES),
        ("ArnEquals", "arn:aws:iam::*:role/ci", ROLE, YES),
        ("ArnLike", "arn:aws:iam:*role/ci", ROLE, MAYBE),
        ("ArnNotLike", f"{IAM}:role/ci", ROLE, NO),
        ("ArnNotLike", "arn:aws:iam::*:role/admin", ROLE, YES),
        ("StringLike", "*/ci", ROLE, YES),
        ("StringNotLikeIfExists", "*/ci", ROLE, NO),
        ("StringEquals", f"{IAM}:role/ci", ROLE, YES),
        ("StringEquals", "arn:aws:iam::*:role/ci", ROLE, NO),
        ("StringEquals", f"{IAM}:role/c?", ROLE, NO),
        ("StringNotEquals", "arn:aws:iam::*:role/ci", ROLE, YES),
        ("StringNotEquals", f"{IAM}:role/ci", ROLE, NO),
        ("StringEqualsIgnoreCase", f"{IAM}:role/CI", ROLE, YES),
        ("StringEqualsIgnoreCase", f"{IAM}:role/C*", ROLE, NO),
        ("StringEquals", "${aws:PrincipalTag/role}", ROLE, MAYBE),
        ("ArnLike", f"{IAM}:role/${{aws:PrincipalTag/team}}", ROLE, MAYBE),
        ("ForAnyValue:ArnLike", f"{IAM}:role/ci", ROLE, MAYBE),
        ("ArnLike", f"{IAM}:role/ci", NOBODY, MAYBE),
        # The path of a session's role is not known.
        ("ArnLike", f"{IAM}:role/ci", BY_STS, MAYBE),
        ("ArnLike", f"{IAM}:role/*/ci", BY_STS, MAYBE),
        ("ArnLike", f"{IAM}:role/*ci", BY_STS, YES),
        ("ArnNotLike", f"{IAM}:role/*", BY_STS, NO),
        ("StringEquals", f"{IAM}:role/path/ci", BY_STS, MAYBE),
        ("StringEquals", f"{IAM}:role/*", BY_STS, MAYBE),
        ("StringLike", "*p*ci", BY_STS, MAYBE),
        ("ArnLike", f"{IAM}:role/admin", BY_STS, NO),
        ("ArnLike", "arn:aws:iam::222222222222:role/*", BY_STS, NO),
    ],
)
def test_a_condition_on_the_role_is_decided_by_its_operator(
    operator: str, value: str, requester: Requester, expected: Answer
) -> None:
    statement = statement_of("*", {operator: {"aws:PrincipalArn": value}})
    assert applies(statement, request_of(requester)) is expected


# Every role that a requester can be ------------------------------------------------------------------

NAMES = ("ci", "c", "aci")
PATHS = ("", "p/", "ci/", "p/ci/")
SESSIONS = ("run-1", "ci")
IDS = ("AROACI", "AROAOTHER")
ACCOUNTS = (ACCOUNT, "222222222222")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A role and a session of it, as AWS knows them."""

    account: str
    path: str
    name: str
    session: str
    id: str

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{self.account}:role/{self.path}{self.name}"

    @property
    def identities(self) -> tuple[set[str], ...]:
        """Return the names of the account, of the role and of the session."""
        session = f"arn:aws:sts::{self.account}:assumed-role/{self.name}/{self.session}"
        account = {self.account, f"arn:aws:iam::{self.account}:root"}
        return account, {self.role, self.id}, {session}

    def requesters(self) -> tuple[Requester, ...]:
        """Return what may be known of it."""
        without_path = f"arn:aws:iam::{self.account}:role/{self.name}"
        return (
            Requester(arn=self.role, account=self.account),
            Requester(arn=without_path, account=self.account, path_known=False),
            Requester(),
        )

    def names(self, members: tuple[str, ...]) -> bool:
        """Tell whether a `Principal` speaks of the session."""
        return any(set(members) & identity for identity in self.identities)

    def is_left_out(self, members: tuple[str, ...]) -> tuple[bool, bool]:
        """Tell whether `NotPrincipal` leaves the session out: when one name is enough, and when all are needed."""
        named = [bool(set(members) & identity) for identity in self.identities]
        return any(named), all(named)


def world_strategy() -> st.SearchStrategy[World]:
    return st.builds(
        World,
        account=st.sampled_from(ACCOUNTS),
        path=st.sampled_from(PATHS),
        name=st.sampled_from(NAMES),
        session=st.sampled_from(SESSIONS),
        id=st.sampled_from(IDS),
    )


def member_strategy() -> st.SearchStrategy[str]:
    """Names of roles whose ARN stands in a policy: AWS has resolved it, so that it is right wherever it names one of ours."""
    return world_strategy().flatmap(
        lambda world: st.sampled_from(sorted(set().union(*world.identities)))
    )


def pattern_strategy() -> st.SearchStrategy[str]:
    pieces = ("arn:aws:iam::", *ACCOUNTS, ":role/", "p/", "ci", "c", "*", "?", "/")
    built = st.lists(st.sampled_from(pieces), max_size=6).map("".join)
    return st.one_of(built, world_strategy().map(lambda world: world.role))


def statement_of(
    principal: object, condition: object = None, *, negated: bool = False
) -> Statement:
    document = {
        "Effect": "Deny",
        "NotPrincipal" if negated else "Principal": principal,
        "Action": "*",
        "Resource": "*",
    } | ({"Condition": condition} if condition else {})
    return parsed_statement(json.dumps(document))


def request_of(requester: Requester) -> Request:
    return Request(
        action="s3:PutObject", resource="arn:aws:s3:::b/k", requester=requester, context={}
    )


def fits(answer: Answer, *truths: bool) -> bool:
    """Tell whether an answer says no more than is true."""
    return answer is MAYBE or set(truths) == {answer is YES}


@given(world=world_strategy(), members=st.lists(member_strategy(), min_size=1, max_size=3))
def test_no_session_is_taken_for_one_that_a_principal_names_or_not(
    world: World, members: list[str]
) -> None:
    # No other role of the account has this name, and AWS stores no principal that does not exist.
    others = {path for path in PATHS if path != world.path}
    twins = {f"arn:aws:iam::{world.account}:role/{path}{world.name}" for path in others}
    stored = tuple(each for each in members if each not in twins)
    plain = statement_of({"AWS": list(stored)})
    negated = statement_of({"AWS": list(stored)}, negated=True)
    for requester in world.requesters():
        assert fits(applies(plain, request_of(requester)), world.names(stored))
        left_out = world.is_left_out(stored)
        assert fits(applies(negated, request_of(requester)), *(not each for each in left_out))


@given(
    world=world_strategy(),
    operator=st.sampled_from(("StringEquals", "StringLike", "ArnLike", "ArnEquals")),
    negated=st.booleans(),
    patterns=st.lists(pattern_strategy(), min_size=1, max_size=2),
)
@example(
    world=World(account=ACCOUNT, path="p/", name="ci", session="ci", id="AROACI"),
    operator="StringLike",
    negated=False,
    patterns=["*p*ci"],
)
def test_no_role_is_taken_for_one_that_a_condition_names_or_not(
    world: World, operator: str, *, negated: bool, patterns: list[str]
) -> None:
    holds = any(is_reached(operator, pattern, world.role) for pattern in patterns)
    name = {"S": "StringNot", "A": "ArnNot"}[operator[0]] + operator.removeprefix(
        "String"
    ).removeprefix("Arn")
    condition = {name if negated else operator: {"aws:PrincipalArn": patterns}}
    statement = statement_of("*", condition)
    for requester in world.requesters():
        assert fits(applies(statement, request_of(requester)), holds is not negated)


def is_reached(operator: str, pattern: str, arn: str) -> bool:
    """Compare as IAM does, by other means than the code that is tested."""
    if operator == "StringEquals":
        return pattern == arn
    if operator == "StringLike":
        return fnmatchcase(arn, pattern)
    parts, patterns = arn.split(":", 5), pattern.split(":", 5)
    return len(patterns) == len(parts) and all(map(fnmatchcase, parts, patterns))
