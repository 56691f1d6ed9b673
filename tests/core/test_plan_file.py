"""The plan file: everything comes back, and nothing odd comes in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Access, Backend, Endpoints, Locking
from holdfast.core.plan_file import plan_from_text, plan_text
from holdfast.core.planning import identifier_of
from holdfast.core.plans import BackendPlan, Fingerprint, Plan, PlannedStep
from holdfast.core.source import SourceSpan
from holdfast.core.steps import AddLifecycleRules, AddPolicyStatements, Danger, FactName, Step
from holdfast.errors import PlanFileError
from tests.rules.fleets import BUCKET, TABLE, use
from tests.support.steps import ALL_STEPS, ENCRYPT_WITH_KEY

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ACCOUNTS = st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
OPTIONAL = st.none() | TEXT
DOCUMENTS = st.lists(
    st.dictionaries(TEXT, TEXT, max_size=2).map(json.dumps), min_size=1, max_size=2
).map(tuple)

BACKENDS = st.builds(
    Backend,
    name=st.just(BUCKET),
    bucket=st.just(BUCKET),
    region=OPTIONAL,
    tables=st.just((TABLE,)),
    locking=st.sampled_from(Locking),
    access=st.builds(
        Access,
        profile=OPTIONAL,
        role_arn=OPTIONAL,
        external_id=OPTIONAL,
        shared_config_files=st.lists(TEXT, max_size=2).map(tuple),
        endpoints=st.builds(Endpoints, s3=OPTIONAL, kms=OPTIONAL),
        path_style=st.booleans(),
        ca_bundle=OPTIONAL,
    ),
    account=ACCOUNTS,
    declared=st.booleans(),
    uses=st.just(()),
    kms_key=OPTIONAL,
    account_regional=st.booleans(),
    tags=PAIRS,
)
STEPS = (
    st.sampled_from((*ALL_STEPS, ENCRYPT_WITH_KEY))
    | st.builds(AddPolicyStatements, bucket=st.just(BUCKET), region=TEXT, statements=DOCUMENTS)
    | st.builds(AddLifecycleRules, bucket=st.just(BUCKET), region=TEXT, rules=DOCUMENTS)
)


@st.composite
def planned_steps(draw: st.DrawFn) -> PlannedStep:
    step: Step = draw(STEPS)
    return PlannedStep(
        identifier=identifier_of(step),
        step=step,
        rules=tuple(draw(st.lists(TEXT, max_size=2))),
        danger=draw(st.sampled_from(Danger)),
    )


BACKEND_PLANS = st.builds(
    BackendPlan,
    backend=BACKENDS,
    account=ACCOUNTS,
    account_alias=TEXT,
    base=st.lists(
        st.builds(Fingerprint, st.sampled_from(FactName), TEXT, TEXT, TEXT), max_size=3
    ).map(tuple),
    steps=st.lists(planned_steps(), max_size=4, unique_by=lambda step: step.identifier).map(tuple),
)
PLANS = st.builds(
    Plan,
    made_at=TEXT,
    holdfast_version=TEXT,
    backends=st.lists(BACKEND_PLANS, max_size=1).map(tuple),
)


@given(PLANS)
def test_a_plan_comes_back_as_it_was_written(plan: Plan) -> None:
    assert plan_from_text(plan_text(plan), path="plan.json") == plan


def example(step: Step = ENCRYPT_WITH_KEY) -> Plan:
    return Plan(
        made_at="2026-11-21T08:00:00Z",
        holdfast_version="0.1.0",
        backends=(
            BackendPlan(
                backend=Backend(
                    name="dev",
                    bucket=BUCKET,
                    region="eu-west-1",
                    tables=(TABLE,),
                    locking=Locking.DYNAMODB,
                    access=Access(profile="acme-dev"),
                    account="111111111111",
                    declared=True,
                    uses=(use(),),
                    span=SourceSpan("holdfast.yaml", 3),
                    tags=(("Team", "platform"),),
                ),
                account="111111111111",
                account_alias="acme",
                base=(Fingerprint(FactName.ENCRYPTION, BUCKET, "0123456789abcdef", "AES256"),),
                steps=(
                    PlannedStep(
                        identifier=identifier_of(step),
                        step=step,
                        rules=("bucket-encryption-weak",),
                        danger=Danger.CONFIRM,
                    ),
                ),
            ),
        ),
    )


def test_the_text_of_format_1() -> None:
    assert json.loads(plan_text(example())) == {
        "format": 1,
        "made_at": "2026-11-21T08:00:00Z",
        "holdfast_version": "0.1.0",
        "backends": [
            {
                "backend": {
                    "name": "dev",
                    "bucket": "acme-terraform-state",
                    "region": "eu-west-1",
                    "tables": ["acme-terraform-locks"],
                    "locking": "dynamodb",
                    "access": {
                        "profile": "acme-dev",
                        "role_arn": None,
                        "external_id": None,
                        "session_name": None,
                        "web_identity_token_file": None,
                        "shared_config_files": [],
                        "shared_credentials_files": [],
                        "endpoints": {
                            "s3": None,
                            "dynamodb": None,
                            "sts": None,
                            "iam": None,
                            "kms": None,
                        },
                        "path_style": False,
                        "fips": False,
                        "dual_stack": False,
                        "insecure": False,
                        "ca_bundle": None,
                    },
                    "account": "111111111111",
                    "declared": True,
                    "kms_key": None,
                    "account_regional": False,
                    "tags": [["Team", "platform"]],
                },
                "account": "111111111111",
                "account_alias": "acme",
                "base": [
                    {
                        "fact": "encryption",
                        "subject": "acme-terraform-state",
                        "digest": "0123456789abcdef",
                        "words": "AES256",
                    }
                ],
                "steps": [
                    {
                        "identifier": "encrypt-bucket:acme-terraform-state",
                        "step": {
                            "kind": "encrypt-bucket",
                            "bucket": "acme-terraform-state",
                            "region": "eu-west-1",
                            "algorithm": "aws:kms",
                            "key_arn": (
                                "arn:aws:kms:eu-west-1:111111111111"
                                ":key/11111111-2222-4333-8444-555555555555"
                            ),
                            "bucket_key": True,
                        },
                        "rules": ["bucket-encryption-weak"],
                        "danger": "confirm",
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_every_kind_of_step_can_be_written_and_read(step: Step) -> None:
    text = plan_text(example(step))
    assert plan_from_text(text, path="plan.json").backends[0].steps[0].step == step


# What is refused ---------------------------------------------------------------------------------

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


def test_documents_in_a_step_must_be_json_objects() -> None:
    step = AddPolicyStatements(bucket=BUCKET, region="eu-west-1", statements=("[]", "{", "{}"))
    error = refusal(plan_text(example(step)))
    assert error.facts == (
        ("backends[0].steps[0].step.statements[0]", "must hold a JSON object as text"),
        ("backends[0].steps[0].step.statements[1]", "must hold a JSON object as text"),
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
