"""A plan with one step, as it would be written to a file."""

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.planning import identifier_of
from holdfast.core.plans import BackendPlan, Fingerprint, Plan, PlannedStep
from holdfast.core.source import SourceSpan
from holdfast.core.steps import Danger, FactName, Step
from tests.rules.fleets import BUCKET, TABLE, use
from tests.support.steps import ENCRYPT_WITH_KEY


def example(step: Step = ENCRYPT_WITH_KEY) -> Plan:
    """Return the plan; its backend has a use and a place in code, which are not written."""
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
                    accounts_allowed=("111111111111", "222222222222"),
                    accounts_forbidden=("999999999999",),
                    noncurrent_keep=50,
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
