"""Proofs as text: a table of verdicts, then what was seen where locking is not proven, and a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.facts import Reason, Withheld
from holdfast.core.proof import (
    ModeProof,
    Passed,
    Proof,
    ProofStep,
    ProofVerdict,
    StepResult,
    Undecided,
    Violated,
)
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, fact_lines, table_lines

HEADER = ("backend", "region", "locking", "lock table", "verdict", "")
MODE_ABSENT = "none"
VERDICT_COLOURS: dict[ProofVerdict, tuple[Colour, ...]] = {
    ProofVerdict.EXCLUDES: (Colour.GREEN,),
    ProofVerdict.UNSAFE: (Colour.RED, Colour.BOLD),
    ProofVerdict.CANNOT_TELL: (Colour.YELLOW,),
}


def proof_text(proofs: Sequence[Proof], *, ink: Ink = PLAIN, verbose: bool = False) -> str:
    """Lay out the proofs of a run; `verbose` shows the steps of every mode, passed ones too."""
    details = [
        list(mode_lines(proof, mode, ink, verbose=verbose))
        for proof in proofs
        for mode in proof.modes
        if verbose or mode.verdict is not ProofVerdict.EXCLUDES
    ]
    rows = [row for proof in proofs for row in rows_of(proof)]
    sections = [
        table_lines(HEADER, rows, ink=ink) if rows else ["no backend to prove"],
        *details,
        *([line] for proof in proofs for line in note_lines(proof)),
        [count_line(proofs)],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def rows_of(proof: Proof) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each mode of a backend, or the one that says that it has none."""
    place = (Cell(printable(proof.backend.name)), Cell(proof.region or "unknown"))
    if not proof.modes:
        colours = VERDICT_COLOURS[proof.verdict]
        yield (
            *place,
            Cell(MODE_ABSENT),
            Cell("-"),
            Cell(proof.verdict.value, colours),
            Cell("nothing refuses a second writer"),
        )
    for mode in proof.modes:
        yield (
            *place,
            Cell(mode.mode.value),
            Cell(printable(mode.table) if mode.table else "-"),
            Cell(mode.verdict.value, VERDICT_COLOURS[mode.verdict]),
            Cell(verdict_words(mode)),
        )


def verdict_words(mode: ModeProof) -> str:
    """Say in a few words what the verdict rests on."""
    match mode.verdict:
        case ProofVerdict.EXCLUDES:
            return f"{mode.contenders} contenders, {counted(mode.rounds, 'round')}, one winner each"
        case ProofVerdict.UNSAFE:
            return next(printable(step.words) for step in mode.steps if isinstance(step, Violated))
        case ProofVerdict.CANNOT_TELL:
            undecided = [step for step in mode.steps if isinstance(step, Undecided)]
            return withheld_words(undecided[0].withheld) if undecided else "nothing was tried"
        case _:
            assert_never(mode.verdict)


def withheld_words(withheld: Withheld) -> str:
    """Say why something could not be seen: the permission first."""
    return printable(str(withheld))


def mode_lines(proof: Proof, mode: ModeProof, ink: Ink, *, verbose: bool) -> Iterator[str]:
    """Lay out the steps of one mode that did not pass, or all of them."""
    verdict = ink(mode.verdict.value, *VERDICT_COLOURS[mode.verdict])
    yield f"{verdict}  {ink(printable(proof.backend.name), Colour.BOLD)}  {mode.mode.value}"
    for step in mode.steps:
        if verbose or not isinstance(step, Passed):
            yield from fact_lines(list(step_facts(step)))
    for name in mode.left:
        yield f"  left behind  {printable(name)}"


def step_facts(step: StepResult) -> Iterator[tuple[str, str]]:
    """Yield the labelled facts of one step."""
    kind = f" ({step.kind.words})" if step.kind is not None else ""
    match step:
        case Passed():
            yield "passed", f"{step.step.value}{kind}: {printable(step.words)}"
        case Violated():
            yield "violated", f"{step.step.value}{kind}"
            yield "", printable(step.words)
            for each in step.evidence:
                yield "", f"{each.label}: {printable(each.text)}"
        case Undecided():
            yield "not seen", f"{step.step.value}{kind}"
            yield "because", withheld_words(step.withheld)
            if step.withheld.reason is Reason.PERMISSION and step.withheld.detail:
                yield "AWS says", printable(step.withheld.detail)
        case _:
            assert_never(step)


def note_lines(proof: Proof) -> Iterator[str]:
    """Say what changes no verdict: scratch locks of earlier runs, old versions, what was not looked for."""
    name = printable(proof.backend.name)
    for leftover in proof.leftovers:
        yield (
            f"{name}: scratch {leftover.kind.words} of an earlier run,"
            f" `{printable(leftover.key)}` of {printable(leftover.holder.who)}"
            f" at {printable(leftover.holder.created)}: {printable(leftover.words)}"
        )
    for note in proof.notes:
        yield f"{name}: {printable(note)}"


def count_line(proofs: Sequence[Proof]) -> str:
    """Count the verdicts; the last line of the report."""
    counts = ", ".join(
        f"{sum(1 for proof in proofs if proof.verdict is verdict)} {verdict.value}"
        for verdict in ProofVerdict
    )
    return f"{counted(len(proofs), 'backend')}: {counts}; {clean_up_words(proofs)}"


def clean_up_words(proofs: Sequence[Proof]) -> str:
    """Say whether anything stays; a scratch lock that could not be looked at counts as one that does."""
    modes = [mode for proof in proofs for mode in proof.modes]
    left = sum(len(mode.left) for mode in modes)
    if left:
        return f"{counted(left, 'scratch lock')} left behind"
    cleaned = [step for mode in modes for step in mode.steps if step.step is ProofStep.CLEAN_UP]
    if not all(isinstance(step, Passed) for step in cleaned):
        return "it is not known whether a scratch lock is left behind"
    return "nothing is left behind"
