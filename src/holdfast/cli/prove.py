"""`holdfast prove`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

import holdfast
from holdfast.app.fleet import FleetRequest
from holdfast.app.lock_identity import identity_of_process
from holdfast.app.lock_stores import customer_key_in
from holdfast.app.prove import CONTENDERS_DEFAULT, ROUNDS_DEFAULT
from holdfast.app.prove_fleet import prove_fleet
from holdfast.cli.options import connect, connection_options, fleet_options, read_fleet
from holdfast.cli.terminal import ink_for, progress
from holdfast.core.backends import Locking
from holdfast.core.proof import Proof, ProofVerdict
from holdfast.errors import ExitCode

MODES = [mode.value for mode in Locking if mode is not Locking.NONE]


@click.command()
@fleet_options
@connection_options
@click.option(
    "--mode",
    "modes",
    type=click.Choice(MODES),
    multiple=True,
    help="Prove this mode, instead of those that the roots use; may be repeated.",
)
@click.option(
    "--contenders",
    type=click.IntRange(2, 64),
    default=CONTENDERS_DEFAULT,
    show_default=True,
    help="How many race for one lock, each on a connection of its own.",
)
@click.option("--rounds", type=click.IntRange(1, 100), default=ROUNDS_DEFAULT, show_default=True)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@click.option("-v", "--verbose", is_flag=True, help="Show the steps that passed, too.")
def prove(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    modes: tuple[str, ...],
    contenders: int,
    rounds: int,
    output_format: str,
    verbose: bool,
) -> int:
    """Race real contenders for a scratch lock on every backend.

    Uses the very calls that the engine makes, below `.holdfast/prove/` in the bucket and with that path in
    the lock table, and cleans up. No state is read or written. Exits with 3 when a backend is UNSAFE, and
    with 6 when it could not be told: what proves nothing is not a success.
    """
    identity = identity_of_process(holdfast.__version__)
    with connect(timeout_seconds) as connections:
        fleet = read_fleet(request, connections)
        with progress("proving", len(fleet.observed)) as advance:
            proofs = prove_fleet(
                fleet.observed,
                connections=connections,
                identity=identity,
                modes=[Locking(mode) for mode in modes] or None,
                contenders=contenders,
                rounds=rounds,
                customer_key=customer_key_in(os.environ),
                on_proof=lambda proof: advance(proof.backend.name),
            )
    sys.stdout.write(formatted(proofs, output_format, verbose=verbose))
    return exit_code(proofs)


def formatted(proofs: Sequence[Proof], output_format: str, *, verbose: bool) -> str:
    """Lay the proofs out in the format that was asked for."""
    if output_format == "json":
        from holdfast.report.proof_json import proof_json

        return proof_json(proofs, holdfast_version=holdfast.__version__)
    from holdfast.report.proof_text import proof_text

    return proof_text(proofs, ink=ink_for(sys.stdout), verbose=verbose)


def exit_code(proofs: Sequence[Proof]) -> ExitCode:
    """Choose the exit code: the worst verdict decides."""
    verdicts = {proof.verdict for proof in proofs}
    if ProofVerdict.UNSAFE in verdicts:
        return ExitCode.FINDINGS
    if ProofVerdict.CANNOT_TELL in verdicts:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE
