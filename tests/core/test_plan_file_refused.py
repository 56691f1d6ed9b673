"""What is refused of a plan file: everything odd, all at once, with its place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.plan_file import plan_from_text, plan_text
from holdfast.core.steps import AddLifecycleRules, AddPolicyStatements, FactName
from holdfast.errors import PlanFileError
from tests.rules.fleets import BUCKET, TABLE
from tests.support.plans import example

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)

# A document of JSON, to be spoilt in one place.
Document = Any


def refusal(text: str) -> PlanFileError:
    with pytest.raises(PlanFileError) as caught:
        plan_from_text(text, path="plan.json")
    return caught.value


def spoilt(spoil: Callable[[Document], object]) -> PlanFileError:
    document = json.loads(plan_text(example()))
    spoil(document)
    return refusal(json.dumps(document))


def test_problems_are_told_all_at_once_with_their_places() -> None:
    def spoil(document: Document) -> None:
        document["surprise"] = 1
        del document["made_at"]
        backend = document["backends"][0]
        backend["backend"]["declared"] = "yes"
        backend["backend"]["tables"] = TABLE
        backend["backend"]["tags"] = [["Team"]]
        backend["backend"]["access"]["secret_key"] = "hush"
        backend["base"][0]["fact"] = "weather"
        backend["steps"][0]["step"]["region"] = None
        backend["steps"].append({"identifier": "x", "step": {"kind": "delete-bucket"}, "rules": []})

    error = spoilt(spoil)
    assert error.headline == ("`plan.json` is not a plan that this version can apply: 9 problems")
    assert sorted(error.facts) == sorted(
        [
            ("surprise", "is not known"),
            ("made_at", "is missing"),
            ("backends[0].backend.declared", "must be true or false"),
            ("backends[0].backend.tables", "must be an array"),
            ("backends[0].backend.tags[0]", "must be an array of 2"),
            ("backends[0].backend.access.secret_key", "is not known"),
            (
                "backends[0].base[0].fact",
                f"must be one of {', '.join(fact.value for fact in FactName)}",
            ),
            ("backends[0].steps[0].step.region", "must be text"),
            ("backends[0].steps[1].step", "must be a step of a known `kind`"),
        ]
    )
    assert "hush" not in str(error.facts)


def test_a_step_upon_something_else_is_refused() -> None:
    def spoil(document: Document) -> None:
        step = document["backends"][0]["steps"][0]
        step["step"]["bucket"] = "somebody-elses"

    assert spoilt(spoil).facts == (
        ("backends[0].steps[0].step", "changes something that is not the backend's"),
        ("backends[0].steps[0].identifier", "must be `encrypt-bucket:somebody-elses`"),
    )


def test_what_stands_twice_and_odd_accounts_are_refused() -> None:
    def spoil(document: Document) -> None:
        backend = document["backends"][0]
        backend["steps"] *= 2
        backend["account"] = "1234"
        document["backends"] = [backend, backend]

    assert [place for place, _ in spoilt(spoil).facts] == [
        "backends[0].account",
        "backends[0].steps[1].identifier",
        "backends[1].backend.name",
        "backends[1].account",
        "backends[1].steps[1].identifier",
    ]


def test_a_plan_that_does_not_say_which_accounts_the_code_allows_is_refused() -> None:
    def spoil(document: Document) -> None:
        del document["backends"][0]["backend"]["accounts_allowed"]
        del document["backends"][0]["backend"]["accounts_forbidden"]

    assert spoilt(spoil).facts == (
        ("backends[0].backend.accounts_allowed", "is missing"),
        ("backends[0].backend.accounts_forbidden", "is missing"),
    )


def test_documents_in_a_step_must_be_ones_that_can_be_merged() -> None:
    step = AddPolicyStatements(bucket=BUCKET, region="eu-west-1", statements=("[]", "{", "{}"))
    error = refusal(plan_text(example(step)))
    assert error.facts == (
        ("backends[0].steps[0].step.statements[0]", "must hold a JSON object as text"),
        ("backends[0].steps[0].step.statements[1]", "must hold a JSON object as text"),
        (
            "backends[0].steps[0].step.statements[2]",
            "is no statement of a policy: a statement has no `Effect` of `Allow` or `Deny`",
        ),
    )


def test_a_statement_that_lets_somebody_in_is_refused() -> None:
    allow = '{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}'
    step = AddPolicyStatements(bucket=BUCKET, region="eu-west-1", statements=(allow,))
    assert refusal(plan_text(example(step))).facts == (
        ("backends[0].steps[0].step.statements[0]", "must deny: a plan lets nobody in"),
    )


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (
            {"Expiration": {"Days": 1}},
            "must leave current versions alone: states are among them",
        ),
        (
            {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]},
            "must leave current versions alone: states are among them",
        ),
        (
            {"Expiration": 1},
            "is no lifecycle rule: `Expiration` of a lifecycle rule is not an object",
        ),
    ],
)
def test_a_lifecycle_rule_that_takes_states_away_is_refused(rule: Document, problem: str) -> None:
    step = AddLifecycleRules(bucket=BUCKET, region="eu-west-1", rules=(json.dumps(rule),))
    assert refusal(plan_text(example(step))).facts == (
        ("backends[0].steps[0].step.rules[0]", problem),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "it is JSON, and not a plan"),
        ("{}", "it is JSON, and not a plan"),
        (
            '{"format": 2, "holdfast_version": "9.0.0"}',
            "it is of format 2, written by holdfast 9.0.0",
        ),
        ('{"format": "\\u001b[31m"}', "it is of format �[31m, written by holdfast another version"),
    ],
)
def test_another_document_is_refused(text: str, problem: str) -> None:
    error = refusal(text)
    assert error.headline == f"`plan.json` is not a plan that this version can apply: {problem}"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00", "plan"])
def test_what_is_not_json_is_refused(text: str) -> None:
    assert "it is not JSON" in refusal(text).headline


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    )
)
def test_no_document_is_more_than_refused(members: object) -> None:
    document = {"format": 1, "made_at": "", "holdfast_version": "", "backends": members}
    try:
        plan = plan_from_text(json.dumps(document), path="plan.json")
    except PlanFileError:
        return
    assert plan.backends == ()
