"""What is proven of a backend, and what is not even tried."""

from dataclasses import replace

import pytest

from holdfast.app.prove import NO_LOCKING_NOTE, prove_backend
from holdfast.core.backends import Locking, StateUse
from holdfast.core.cloud import BucketForeign, BucketPresence, Caller, ObservedBackend
from holdfast.core.facts import OFFLINE, Fact, Known, Reason, Withheld
from holdfast.core.proof import ProofStep, ProofVerdict, Undecided
from holdfast.core.source import SourceSpan
from tests.support.fault_proxy import FaultProxy
from tests.support.locking import REGION, Site, prove


def use(
    locking: Locking, table: str | None, *, encrypt: bool = False, customer_key: bool = False
) -> StateUse:
    return StateUse(
        root_path="roots/network",
        label="",
        key="network/terraform.tfstate",
        workspace_prefix="env:",
        workspaces=(),
        locking=locking,
        table=table,
        region=REGION,
        encrypt=encrypt,
        kms_key=None,
        customer_key=customer_key,
        span=SourceSpan("roots/network/backend.tf", 1),
    )


def test_every_mode_and_table_that_roots_use_is_proven_once(place: Site) -> None:
    other = place.account.clients.create_lock_table(place.account.name("other"))
    backend = replace(
        place.backend(Locking.DYNAMODB),
        uses=(
            use(Locking.DYNAMODB, place.table),
            use(Locking.LOCKFILE, None),
            use(Locking.DYNAMODB, place.table),
            use(Locking.DYNAMODB, other),
            use(Locking.NONE, None),
        ),
    )
    proof = prove_backend(
        backend, connections=place.connections, identity=place.identity, contenders=2, rounds=1
    )
    assert [(mode.mode, mode.table) for mode in proof.modes] == [
        (Locking.DYNAMODB, place.table),
        (Locking.LOCKFILE, None),
        (Locking.DYNAMODB, other),
    ]
    assert proof.verdict is ProofVerdict.EXCLUDES


def test_the_modes_can_be_chosen(place: Site) -> None:
    proof = prove_backend(
        replace(place.backend(Locking.DYNAMODB), uses=(use(Locking.DYNAMODB, place.table),)),
        connections=place.connections,
        identity=place.identity,
        modes=(Locking.LOCKFILE, Locking.BOTH),
        contenders=2,
        rounds=1,
    )
    assert [(mode.mode, mode.table) for mode in proof.modes] == [
        (Locking.LOCKFILE, None),
        (Locking.BOTH, place.table),
    ]


def test_lock_files_are_encrypted_as_the_roots_configure_it(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    backend = replace(
        faulty.backend(Locking.LOCKFILE), uses=(use(Locking.LOCKFILE, None, encrypt=True),)
    )
    prove_backend(
        backend, connections=faulty.connections, identity=faulty.identity, contenders=2, rounds=1
    )
    encryption = {
        request.headers.get("x-amz-server-side-encryption")
        for request in fault_proxy.requests()
        if request.operation == "s3:PutObject"
    }
    assert encryption == {"AES256"}


def test_a_backend_that_does_not_lock_is_unsafe_and_nothing_is_written(place: Site) -> None:
    proof = prove(place, Locking.NONE)
    assert (proof.verdict, proof.modes) == (ProofVerdict.UNSAFE, ())
    assert proof.notes == (NO_LOCKING_NOTE,)


def test_a_mode_without_a_table_cannot_be_told(place: Site) -> None:
    without = replace(place.backend(Locking.BOTH), tables=())
    proof = prove_backend(without, connections=place.connections, identity=place.identity)
    assert proof.verdict is ProofVerdict.CANNOT_TELL
    assert proof.modes[0].steps == (
        Undecided(
            step=ProofStep.REFUSAL,
            kind=None,
            withheld=Withheld(
                reason=Reason.NOT_ASKED, detail="no lock table is named by code or declaration"
            ),
        ),
    )


STRANGER = Known(Caller(account="222222222222", arn="arn:aws:iam::222222222222:user/ann"))
FOREIGN = Known(BucketForeign(name="states", expected_account="111111111111", region="us-east-1"))


@pytest.mark.parametrize(
    ("expected", "facts", "words"),
    [
        (
            "111111111111",
            (STRANGER, OFFLINE),
            "nothing was written: the credentials are of account 222222222222, not 111111111111",
        ),
        (
            None,  # the code allows several
            (STRANGER, OFFLINE),
            "nothing was written: the credentials are of account 222222222222, not 111111111111 or 3",
        ),
        (
            "111111111111",
            (OFFLINE, FOREIGN),
            "nothing was written: the bucket does not belong to account 111111111111",
        ),
    ],
)
def test_nothing_is_written_in_an_account_that_was_not_meant(
    place: Site,
    fault_proxy: FaultProxy,
    expected: str | None,
    facts: tuple[Fact[Caller], Fact[BucketPresence]],
    words: str,
) -> None:
    backend = replace(
        replace(place, url=fault_proxy.url).backend(Locking.BOTH),
        account=expected,
        accounts_allowed=("111111111111", "3"),
    )
    observed = ObservedBackend(
        backend=backend,
        region=REGION,
        caller=facts[0],
        bucket=facts[1],
        tables=(),
        states_present=OFFLINE,
    )
    proof = prove_backend(observed, connections=place.connections, identity=place.identity)

    assert proof.verdict is ProofVerdict.CANNOT_TELL
    (step,) = proof.modes[0].steps
    assert isinstance(step, Undecided)
    assert str(step.withheld) == words
    assert fault_proxy.requests() == ()


SSE_C_HEADER = "x-amz-server-side-encryption-customer-key"


def test_lock_files_are_written_and_read_with_the_key_of_the_customer(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    of_customer = use(Locking.LOCKFILE, None, encrypt=True, customer_key=True)
    prove_backend(
        replace(faulty.backend(Locking.LOCKFILE), uses=(of_customer,)),
        connections=faulty.connections,
        identity=faulty.identity,
        contenders=2,
        rounds=1,
        customer_key=bytes(range(32)),
    )
    touched = [
        each
        for each in fault_proxy.requests()
        if each.operation in {"s3:PutObject", "s3:GetObject"} and each.key.endswith(".tflock")
    ]
    assert {each.operation for each in touched} == {"s3:PutObject", "s3:GetObject"}
    assert all(SSE_C_HEADER in each.headers for each in touched)


def test_without_the_key_of_the_customer_nothing_is_written(
    faulty: Site, fault_proxy: FaultProxy
) -> None:
    of_customer = use(Locking.LOCKFILE, None, encrypt=True, customer_key=True)
    proof = prove_backend(
        replace(faulty.backend(Locking.LOCKFILE), uses=(of_customer,)),
        connections=faulty.connections,
        identity=faulty.identity,
    )
    assert proof.verdict is ProofVerdict.CANNOT_TELL
    (mode,) = proof.modes
    (step,) = mode.steps
    assert isinstance(step, Undecided)
    assert step.withheld.detail.endswith("is not at hand")
    assert fault_proxy.requests() == ()
