"""The plan file: everything comes back as it was written, in the text of format 1."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Access, Backend, Endpoints, Locking
from holdfast.core.plan_file import plan_from_text, plan_text
from holdfast.core.planning import identifier_of
from holdfast.core.plans import BackendPlan, Fingerprint, Plan, PlannedStep
from holdfast.core.steps import AddLifecycleRules, AddPolicyStatements, Danger, FactName, Step
from tests.rules.fleets import BUCKET, TABLE
from tests.support.plans import example
from tests.support.steps import ALL_STEPS, ENCRYPT_WITH_KEY

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ACCOUNTS = st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
OPTIONAL = st.none() | TEXT
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.just("Deny"), "Principal": st.just("*"), "Action": TEXT, "Resource": TEXT},
    optional={"Sid": TEXT, "Odd": TEXT},
)
RULES = st.fixed_dictionaries({}, optional={"ID": TEXT, "Prefix": TEXT, "Odd": TEXT})


def documents(members: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(members.map(json.dumps), min_size=1, max_size=2).map(tuple)


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
    accounts_allowed=st.lists(TEXT, max_size=2).map(tuple),
    accounts_forbidden=st.lists(TEXT, max_size=2).map(tuple),
    noncurrent_keep=st.none() | st.integers(),
    noncurrent_days=st.none() | st.integers(),
)
STEPS = (
    st.sampled_from((*ALL_STEPS, ENCRYPT_WITH_KEY))
    | st.builds(
        AddPolicyStatements,
        bucket=st.just(BUCKET),
        region=TEXT,
        statements=documents(STATEMENTS),
    )
    | st.builds(AddLifecycleRules, bucket=st.just(BUCKET), region=TEXT, rules=documents(RULES))
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
                    "accounts_allowed": ["111111111111", "222222222222"],
                    "accounts_forbidden": ["999999999999"],
                    "noncurrent_keep": 50,
                    "noncurrent_days": None,
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
