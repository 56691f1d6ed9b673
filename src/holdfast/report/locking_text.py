"""A stage on the way between two ways of locking, as text: before it is done, while it is, and afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from holdfast.core.cleaning import printable
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.counting import counted
from holdfast.core.locking_plans import LockingGroup, LockingPlan, LockingStage
from holdfast.core.locking_stages import DigestWork
from holdfast.report.code_edits_text import edit_lines
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, table_lines

DIGEST_WORDS = {
    DigestWork.KEEP: "stay",
    DigestWork.REFRESH: "are refreshed",
    DigestWork.CLEAR: "left over are removed",
    DigestWork.REMOVE: "are removed",
}


def locking_text(plan: LockingPlan, edits: Iterable[CodeFileEdit], *, ink: Ink = PLAIN) -> str:
    """Lay out the stage of each backend, root by root, and the code that changes."""
    lines: list[str] = []
    for stage in plan.stages:
        lines += [*_stage_lines(stage, plan, ink), ""]
    return "\n".join([*lines[:-1], *edit_lines(edits, ink=ink)])


def _stage_lines(stage: LockingStage, plan: LockingPlan, ink: Ink) -> Iterator[str]:
    place = f"{printable(stage.bucket)}, {printable(stage.region or 'region unknown')}"
    on_the_way = "" if stage.locking is plan.goal else f", on the way to `{plan.goal}`"
    yield ink(
        f"{printable(stage.backend)} ({place}): to `{stage.locking}`{on_the_way}", Colour.BOLD
    )
    header = ("ROOT", "KEY", "LOCKING", "LOCKED MEANWHILE", "DIGESTS")
    rows = [
        [
            Cell(f"  {printable(root.path)}"),
            Cell(printable(root.key)),
            Cell(f"{root.locking} -> {stage.locking}"),
            Cell(_locked(group)),
            Cell(DIGEST_WORDS[group.digests]),
        ]
        for group in stage.groups
        for root in group.roots
    ]
    yield from table_lines((f"  {header[0]}", *header[1:]), rows, ink=ink)


def _locked(group: LockingGroup) -> str:
    return counted(len(group.states), "state") if group.states else "nothing"


def switched_line(group: LockingGroup, *, files: int, digests: int) -> str:
    """Say what became of one group as soon as it is known."""
    roots = ", ".join(dict.fromkeys(printable(each.path) for each in group.roots))
    done = {
        DigestWork.KEEP: "",
        DigestWork.REFRESH: f", {counted(digests, 'digest')} written anew",
        DigestWork.CLEAR: f", {counted(digests, 'digest')} removed",
        DigestWork.REMOVE: f", {counted(digests, 'digest')} removed",
    }[group.digests]
    return f"{roots}: {counted(files, 'file')} changed{done}"


def locking_end_lines(plan: LockingPlan, *, files: int, moment: str) -> Iterator[str]:
    """Say what was done as a whole at a moment (RFC 3339), and what comes next."""
    modes = ", ".join(dict.fromkeys(f"`{each.locking}`" for each in plan.stages))
    if plan.stages:
        yield f"{counted(plan.root_count, 'root')} to {modes}, {counted(files, 'file')} changed"
    else:
        yield "the declaration says what every root does; run the command again for the next stage"
    if any(each.locking is not plan.goal for each in plan.stages):
        yield "next, when every checkout and pipeline has this code and was initialised with it:"
        yield f"  holdfast migrate locking --to {plan.goal} --since {moment}"
    for stage in plan.stages:
        if not stage.locking.uses_table and stage.tables:
            yield from _back_lines(stage.tables)


def _back_lines(tables: Sequence[str]) -> Iterator[str]:
    """Say how to come back to the tables that roots have left."""
    commands = [f"holdfast migrate locking --to both --table {printable(each)}" for each in tables]
    if len(commands) == 1:
        yield f"to go back: {commands[0]}"
        return
    yield "to go back, each root with the table that it had:"
    yield from (f"  {each}" for each in commands)


def stopped_lines(plan: LockingPlan, done: Sequence[LockingGroup]) -> Iterator[str]:
    """Say which roots are changed and which are not, where a stage stops in the middle."""
    groups = [group for stage in plan.stages for group in stage.groups]
    for words, chosen in (
        ("changed", done),
        ("not changed", [each for each in groups if each not in done]),
    ):
        roots = dict.fromkeys(printable(root.path) for group in chosen for root in group.roots)
        if roots:
            yield f"{words}: {', '.join(roots)}"
