"""What is refused before anything is changed on any backend, and what is left out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from holdfast.core.apply_events import Approvals
from holdfast.core.plans import Plan
from holdfast.core.steps import BucketStep, Danger, EnableVersioning, EnforceBucketOwner
from holdfast.errors import (
    AccountMismatchError,
    AccountUndeclaredError,
    AccountUnknownError,
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


ANYBODYS = ("888888888888", "999999999999")


@pytest.mark.parametrize(
    ("allowed", "forbidden", "words", "fact"),
    [
        (ANYBODYS, False, "not 888888888888 or 999999999999", "declared"),
        ((), True, "which the code forbids", "forbidden"),
    ],
)
def test_credentials_of_an_account_that_the_code_does_not_allow(
    workplace: Workplace, allowed: tuple[str, ...], *, forbidden: bool, words: str, fact: str
) -> None:
    own = workplace.account.id
    backend = replace(
        workplace.backend(account=None),
        accounts_allowed=allowed,
        accounts_forbidden=(own,) if forbidden else (),
    )
    approvals = Approvals(accounts=frozenset({own}))
    # Nothing was read of the table, so that only steps of the bucket are planned.
    plan = workplace.plan(backend)
    error = refused(workplace, lambda: workplace.apply(plan, approvals=approvals))
    assert isinstance(error, AccountMismatchError)
    assert error.headline == (
        f"the credentials for backend `{backend.name}` are of account {own}, {words}"
    )
    assert error.facts[1][0] == fact


def test_credentials_of_one_of_the_accounts_that_the_code_allows(workplace: Workplace) -> None:
    own = workplace.account.id
    backend = replace(workplace.backend(account=None), accounts_allowed=(own, *ANYBODYS))
    plan = workplace.plan(backend)
    # In which of them something new is made is for a person to say.
    assert isinstance(refused(workplace, lambda: workplace.apply(plan)), AccountUndeclaredError)
    approvals = Approvals(accounts=frozenset({own}))
    assert workplace.apply(plan, approvals=approvals).step_count == plan.step_count


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


def test_steps_that_nobody_confirmed_are_left_out(workplace: Workplace) -> None:
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
    ownership = f"enforce-bucket-owner:{name}"
    for each, done in ((edited, [f"enable-versioning:{name}"]), (plan, [])):
        result = workplace.apply(each, approvals=one)
        assert [step.planned.identifier for step in result.done] == done
        assert [step.planned.identifier for step in result.left_out] == [ownership]
        (rules,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        assert rules["ObjectOwnership"] == "ObjectWriter"
    both = Approvals(steps=frozenset({*one.steps, ownership}))
    again = workplace.apply(plan, approvals=both)
    assert [step.planned.identifier for step in again.done] == [ownership]
    assert again.left_out == ()


def test_a_creation_that_the_plan_calls_dangerous_takes_its_settings_along(
    workplace: Workplace,
) -> None:
    plan = plan_of_two(workplace)
    first, second = plan.backends
    cautious = replace(first.steps[0], danger=Danger.CONFIRM)
    changed = replace(plan, backends=(replace(first, steps=(cautious, *first.steps[1:])), second))
    result = workplace.apply(changed)
    bucket, (table,) = first.backend.bucket, first.backend.tables
    assert [(each.backend, each.planned) for each in result.left_out] == [
        (first.backend.name, step)
        for step in changed.backends[0].steps
        if isinstance(step.step, BucketStep)
    ]
    done = [each.planned.identifier for each in result.done]
    assert f"create-table:{table}" in done
    assert f"create-bucket:{second.backend.bucket}" in done
    assert f"create-bucket:{bucket}" not in done
    assert result.step_count == 9 + 2
