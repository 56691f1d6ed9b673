"""Which steps a person must name, and on what."""

import pytest

from holdfast.core.cloud import BucketAbsent, Encryption, TableAbsent
from holdfast.core.facts import Known
from holdfast.core.step_dangers import danger_of
from holdfast.core.steps import Danger, EnableVersioning, Step
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    TABLE,
    Changes,
    healthy_bucket,
    observed,
)
from tests.support.steps import (
    ADD_LIFECYCLE_RULES,
    ALL_STEPS,
    BLOCK_PUBLIC_ACCESS,
    DISABLE_TIME_TO_LIVE,
    ENABLE_VERSIONING,
    ENCRYPT_BUCKET,
    ENCRYPT_WITH_KEY,
    ENFORCE_BUCKET_OWNER,
)

RESUME = EnableVersioning(bucket=BUCKET, region=REGION, resume=True)
TO_CONFIRM = {ENFORCE_BUCKET_OWNER, DISABLE_TIME_TO_LIVE}


@pytest.mark.parametrize("step", ALL_STEPS, ids=lambda step: type(step).__name__)
def test_few_steps_upon_what_is_there_must_be_confirmed(step: Step) -> None:
    expected = Danger.CONFIRM if step in TO_CONFIRM else Danger.SAFE
    assert danger_of(step, observed()) is expected


@pytest.mark.parametrize("step", [*ALL_STEPS, RESUME, ENCRYPT_WITH_KEY], ids=str)
def test_nothing_is_dangerous_to_what_the_plan_creates(step: Step) -> None:
    nothing = observed(
        bucket=BucketAbsent(name=BUCKET), tables=(TableAbsent(name=TABLE, elsewhere=Known(())),)
    )
    assert danger_of(step, nothing) is Danger.SAFE


@pytest.mark.parametrize(
    ("step", "changes", "danger"),
    [
        (ENABLE_VERSIONING, {}, Danger.SAFE),
        (RESUME, {}, Danger.CONFIRM),
        (BLOCK_PUBLIC_ACCESS, {"policy_public": Known(value=True)}, Danger.CONFIRM),
        (BLOCK_PUBLIC_ACCESS, {"public_grants": Known(("AllUsers READ",))}, Danger.CONFIRM),
        (BLOCK_PUBLIC_ACCESS, {"policy_public": DENIED}, Danger.CONFIRM),
        (BLOCK_PUBLIC_ACCESS, {"public_grants": DENIED}, Danger.CONFIRM),
        (ENCRYPT_BUCKET, {"encryption": Known(None)}, Danger.SAFE),
        (ADD_LIFECYCLE_RULES, {"tags": Known({"ManagedBy": "terraform"})}, Danger.CONFIRM),
        (ADD_LIFECYCLE_RULES, {"tags": DENIED}, Danger.CONFIRM),
        (
            ADD_LIFECYCLE_RULES,
            {"tags": Known({"ManagedBy": "holdfast", "Team": "a"})},
            Danger.SAFE,
        ),
        (ENCRYPT_WITH_KEY, {}, Danger.CONFIRM),
        (ENCRYPT_WITH_KEY, {"encryption": DENIED}, Danger.CONFIRM),
        (
            ENCRYPT_WITH_KEY,
            {"encryption": Known(Encryption(algorithm="aws:kms", key="another"))},
            Danger.CONFIRM,
        ),
        (
            ENCRYPT_WITH_KEY,
            {"encryption": Known(Encryption(algorithm="aws:kms", key=KMS_KEY))},
            Danger.SAFE,
        ),
    ],
    ids=str,
)
def test_the_facts_decide(step: Step, changes: Changes, danger: Danger) -> None:
    assert danger_of(step, observed(bucket=healthy_bucket(**changes))) is danger


@pytest.mark.parametrize("step", [BLOCK_PUBLIC_ACCESS, ENCRYPT_BUCKET], ids=str)
def test_what_is_not_known_must_be_confirmed(step: Step) -> None:
    assert danger_of(step, observed(bucket=DENIED)) is Danger.CONFIRM
