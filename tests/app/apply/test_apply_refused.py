"""What is refused before anything is changed on any backend."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from holdfast.core.apply_events import Approvals
from holdfast.core.plans import Plan
from holdfast.core.steps import Danger, EnableVersioning, EnforceBucketOwner
from holdfast.errors import (
    AccountMismatchError,
    AccountUndeclaredError,
    AccountUnknownError,
    ConfirmationMissingError,
    HoldfastError,
    PlanStaleError,
)
from tests.app.apply.conftest import REGION, Workplace
from tests.support.fault_proxy import FaultProxy
from tests.support.fixtures import FreshAccount
from tests.support.observation import use_credentials


def refused(workplace: Workplace, attempt: Callable[[], object]) -> HoldfastError:
    """Return the refusal, after looking that the account is as it was."""
    s3, dynamodb = workplace.account.clients.s3(REGION), workplace.account.clients.dynamodb(REGION)
    before = (s3.list_buckets()["Buckets"], dynamodb.list_tables()["TableNames"])
    with pytest.raises(HoldfastError) as caught:
        attempt()
    assert (s3.list_buckets()["Buckets"], dynamodb.list_tables()["TableNames"]) == before
    return caught.value


def plan_of_two(workplace: Workplace) -> Plan:
    """Plan two backends that are not there, each with a table of its own."""
    return workplace.plan(
        workplace.backend("first", table="first"), workplace.backend("second", table="second")
    )


def test_credentials_of_another_account_than_the_declared_one(workplace: Workplace) -> None:
    plan = plan_of_two(workplace)
    wrong = replace(
        plan.backends[1], backend=replace(plan.backends[1].backend, account="999999999999")
    )
    error = refused(
        workplace, lambda: workplace.apply(replace(plan, backends=(plan.backends[0], wrong)))
    )
    assert isinstance(error, AccountMismatchError)
    assert error.headline == (
        f"the credentials for backend `{wrong.backend.name}` are of account"
        f" {workplace.account.id}, not 999999999999"
    )


def test_credentials_of_another_account_than_that_of_the_plan(
    workplace: Workplace, other_account: FreshAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = workplace.backend(account=None)
    plan = workplace.plan(backend)
    use_credentials(monkeypatch, other_account.id)
    workplace.connections.close()
    approvals = Approvals(accounts=frozenset({other_account.id}))
    error = refused(workplace, lambda: workplace.apply(plan, approvals=approvals))
    assert isinstance(error, AccountMismatchError)
    assert error.facts[1] == ("declared", workplace.account.id)


def test_an_account_that_nobody_declared_is_asked_for(workplace: Workplace) -> None:
    backend = workplace.backend(account=None)
    plan = workplace.plan(backend)
    error = refused(workplace, lambda: workplace.apply(plan))
    assert isinstance(error, AccountUndeclaredError)
    assert error.facts == (("account", workplace.account.id), ("region", REGION))
    approvals = Approvals(accounts=frozenset({workplace.account.id}))
    assert len(workplace.apply(plan, approvals=approvals).done) == 6
    # Nothing is created any more, so nothing is asked.
    assert workplace.apply(plan).done == ()


def test_an_account_that_cannot_be_read(faulty: Workplace, fault_proxy: FaultProxy) -> None:
    plan = plan_of_two(faulty)
    fault_proxy.deny("sts:GetCallerIdentity")
    error = refused(faulty, lambda: faulty.apply(plan))
    assert isinstance(error, AccountUnknownError)
    assert error.facts == (("reason", "permission `sts:GetCallerIdentity` is missing"),)


def test_a_world_that_changed(workplace: Workplace) -> None:
    first, second = workplace.backend("first"), workplace.backend("second")
    clients = workplace.account.clients
    clients.create_bucket(second.bucket, region=REGION)
    plan = workplace.plan(first, second)
    clients.s3(REGION).put_bucket_encryption(
        Bucket=second.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    error = refused(workplace, lambda: workplace.apply(plan))
    assert isinstance(error, PlanStaleError)
    assert error.headline == f"backend `{second.name}` changed after this plan was made"
    assert error.facts == ((f"encryption of {second.bucket}", "AES256 → aws:kms, bucket key"),)


def test_a_bucket_that_somebody_else_took(
    workplace: Workplace, other_account: FreshAccount
) -> None:
    backend = workplace.backend()
    plan = workplace.plan(backend)
    other_account.clients.create_bucket(backend.bucket, region=REGION)
    error = refused(workplace, lambda: workplace.apply(plan))
    assert isinstance(error, PlanStaleError)
    # Nobody lets us in to find out whose it is.
    assert error.facts == ((f"bucket of {backend.bucket}", "absent → unknown"),)


def test_steps_that_nobody_confirmed(workplace: Workplace) -> None:
    backend = workplace.backend()
    clients = workplace.account.clients
    name = clients.create_bucket(backend.bucket, region=REGION)
    s3 = clients.s3(REGION)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    plan = workplace.plan(
        backend,
        steps=[
            EnableVersioning(bucket=name, region=REGION, resume=True),
            EnforceBucketOwner(bucket=name, region=REGION),
        ],
    )
    # A plan file that was edited does not make a step harmless: the facts decide as well.
    harmless = tuple(replace(each, danger=Danger.SAFE) for each in plan.backends[0].steps)
    edited = replace(plan, backends=(replace(plan.backends[0], steps=harmless),))
    one = Approvals(steps=frozenset({f"enable-versioning:{name}"}))
    for each in (plan, edited):
        error = refused(workplace, lambda each=each: workplace.apply(each, approvals=one))  # type: ignore[misc]  # mypy cannot type a lambda's default
        assert isinstance(error, ConfirmationMissingError)
        assert [identifier for identifier, _ in error.facts] == [f"enforce-bucket-owner:{name}"]
        assert "S3 refuses it" in error.facts[0][1]
    both = Approvals(steps=frozenset({*one.steps, f"enforce-bucket-owner:{name}"}))
    assert len(workplace.apply(plan, approvals=both).done) == 2


def test_a_harmless_step_that_the_plan_calls_dangerous(workplace: Workplace) -> None:
    plan = plan_of_two(workplace)
    first = plan.backends[0]
    cautious = replace(first.steps[0], danger=Danger.CONFIRM)
    changed = replace(plan, backends=(replace(first, steps=(cautious,)),))
    error = refused(workplace, lambda: workplace.apply(changed))
    assert isinstance(error, ConfirmationMissingError)
