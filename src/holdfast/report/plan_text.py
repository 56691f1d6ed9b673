"""A plan as text: what would be changed, where, why, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.core.apply_events import StepLeftOut
from holdfast.core.cleaning import printable
from holdfast.core.counting import counted
from holdfast.core.plans import BackendPlan, Plan, PlannedStep
from holdfast.core.step_words import words_of
from holdfast.core.steps import Danger
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, table_lines

DANGER_COLOURS: dict[Danger, tuple[Colour, ...]] = {
    Danger.SAFE: (Colour.GREEN,),
    Danger.CONFIRM: (Colour.YELLOW, Colour.BOLD),
    Danger.NEVER_AUTOMATIC: (Colour.RED, Colour.BOLD),
}
STEP_INDENT = 2


def plan_text(
    plan: Plan,
    *,
    commands: Mapping[str, tuple[str, ...]] | None = None,
    complete: bool = True,
    ink: Ink = PLAIN,
) -> str:
    """Lay out a plan. `commands` gives each step's `aws` command lines, by backend and identifier.

    Its keys are `<backend> <identifier>`. `complete` is False when some facts could not be read: then an
    empty plan does not mean that nothing has to change.
    """
    if not plan.backends:
        return nothing_line(complete=complete) + "\n"
    sections = ["\n".join(backend_lines(backend, commands or {}, ink)) for backend in plan.backends]
    return "\n\n".join([*sections, count_line(plan)]) + "\n"


def backend_lines(
    plan: BackendPlan, commands: Mapping[str, tuple[str, ...]], ink: Ink
) -> Iterator[str]:
    """Yield the lines of one backend: where its changes go, then its steps in order."""
    alias = f" ({printable(plan.account_alias)})" if plan.account_alias else ""
    yield (
        f"{ink(printable(plan.backend.name), Colour.BOLD)}"
        f"  account {plan.account or 'unknown'}{alias}, region {plan.backend.region or 'unknown'}"
    )
    width = max(len(words_of(step.step).summary) for step in plan.steps)
    following = (*plan.steps[1:], None)
    for number, (step, after) in enumerate(zip(plan.steps, following, strict=True), start=1):
        yield from step_lines(step, number, width, ink)
        for line in commands.get(f"{plan.backend.name} {step.identifier}", ()):
            yield f"       $ {printable(line, length_max=20_000)}"
        if after is None or after.rules != step.rules:  # said once for steps that belong together
            yield f"       {ink('for ' + ', '.join(step.rules), Colour.DIM)}"


def step_lines(step: PlannedStep, number: int, width: int, ink: Ink) -> Iterator[str]:
    """Yield one step: its summary, and what it takes when it is not safe."""
    summary = printable(words_of(step.step).summary)
    danger = (
        "" if step.danger is Danger.SAFE else f"  {ink(step.danger, *DANGER_COLOURS[step.danger])}"
    )
    yield f"  {number:>2}.  {summary}{' ' * (width - len(summary)) if danger else ''}{danger}"
    if step.danger is Danger.CONFIRM:
        yield f"       {printable(words_of(step.step).caution)}"
        yield f"       allow it with `--confirm {step.identifier}`"


def left_out_lines(steps: Sequence[StepLeftOut], *, ink: Ink = PLAIN) -> list[str]:
    """Lay out the steps that an apply left out: where, which, what to think of, and what allows them."""
    lines: list[str] = []
    for each in steps:
        words = words_of(each.planned.step)
        lines.append(
            f"{ink('left out', Colour.YELLOW, Colour.BOLD)}"
            f"  {printable(each.backend)}  {printable(words.summary)}"
        )
        if words.caution:
            lines.append(f"          {printable(words.caution)}")
        lines.append(f"          allow it with `--confirm {each.planned.identifier}`")
    return [*lines, ""] if lines else []


def count_line(plan: Plan) -> str:
    """Count the steps; the last line of the report."""
    confirm = sum(
        step.danger is not Danger.SAFE for backend in plan.backends for step in backend.steps
    )
    confirmed = f", {confirm} to be confirmed by name" if confirm else ""
    return (
        f"{counted(plan.step_count, 'step')} on {counted(len(plan.backends), 'backend')}{confirmed}"
    )


def nothing_line(*, complete: bool) -> str:
    """Say that there are no steps, and whether that is all there is to know."""
    return "nothing to change" if complete else "nothing can be planned for what could not be read"


def approval_lines(plan: Plan, *, ink: Ink = PLAIN) -> list[str]:
    """Lay out where an apply would write: account, alias and region of each backend."""
    rows = [
        (
            Cell(each.backend.name),
            Cell(each.account or "unknown"),
            Cell(each.account_alias or "-"),
            Cell(each.backend.region or "unknown"),
            Cell(counted(len(each.steps), "step")),
        )
        for each in plan.backends
    ]
    return table_lines(("backend", "account", "alias", "region", "changes"), rows, ink=ink)
