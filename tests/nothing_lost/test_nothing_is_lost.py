"""Each command is disturbed at each of its steps: nothing is lost, and running it again completes it."""

from collections.abc import Callable

import pytest

from tests.nothing_lost.commands import PROOFS
from tests.nothing_lost.ground import Ground
from tests.nothing_lost.proofs import Proof, Prover
from tests.nothing_lost.table import Cell, Column


@pytest.mark.parametrize("column", list(Column), ids=lambda each: each.name.lower())
@pytest.mark.parametrize("proof_of", PROOFS, ids=lambda each: each.__name__)
def test_nothing_is_lost(
    proof_of: Callable[[Ground], Proof],
    column: Column,
    ground: Ground,
    prover: Prover,
    see: Callable[[Cell], None],
) -> None:
    for cell in prover.prove(proof_of(ground), column):
        see(cell)
