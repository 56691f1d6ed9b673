"""Prove several backends side by side, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from holdfast.app.lock_identity import LockIdentity
from holdfast.app.prove import prove_backend
from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from holdfast.core.cloud import ObservedBackend
from holdfast.core.proof import Proof

# Each backend brings its own contenders, so a few of them keep a machine and a network busy.
BACKENDS_AT_ONCE = 4


def prove_fleet(
    observed: Sequence[ObservedBackend],
    *,
    connections: Connections,
    identity: LockIdentity,
    modes: Sequence[Locking] | None,
    contenders: int,
    rounds: int,
    customer_key: bytes | None,
    on_proof: Callable[[Proof], None],
) -> tuple[Proof, ...]:
    """Prove each backend and return the proofs in order; `on_proof` is called as each one is ready.

    An interrupt waits for the proofs that are under way, so that they clean up their scratch locks, and
    starts no other.
    """
    prove = partial(
        prove_backend,
        connections=connections,
        identity=identity,
        modes=modes,
        contenders=contenders,
        rounds=rounds,
        customer_key=customer_key,
    )
    proofs: list[Proof] = []
    executor = ThreadPoolExecutor(max_workers=BACKENDS_AT_ONCE, thread_name_prefix="holdfast-prove")
    try:
        for proof in executor.map(prove, observed):
            proofs.append(proof)
            on_proof(proof)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    return tuple(proofs)
