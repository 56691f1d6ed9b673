"""What a role can do, as text: a line for each verb, what is in the way with its statement, and what was not seen."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.core.access_judging import AccessVerdict, Judged
from holdfast.core.access_report import AccessReport, VerbAccess
from holdfast.core.cleaning import printable
from holdfast.report.columns import PLAIN, Cell, Colour, Ink, fact_lines, table_lines

VERDICT_COLOURS: dict[AccessVerdict, tuple[Colour, ...]] = {
    AccessVerdict.CAN: (Colour.GREEN,),
    AccessVerdict.CANNOT: (Colour.RED, Colour.BOLD),
    AccessVerdict.UNKNOWN: (Colour.YELLOW,),
}
HEADER = ("verdict", "what", "because of")
NOTHING = "-"


def access_text(report: AccessReport, *, ink: Ink = PLAIN) -> str:
    """Lay out the report; each request that is in the way of several verbs is explained once."""
    sections = [
        [
            f"role   {printable(report.role)}",
            f"state  {printable(f'{report.bucket}/{report.key}')}",
        ],
        table_lines(HEADER, [_row(each) for each in report.verbs], ink=ink),
        *(list(_details(each, ink)) for each in _each_once(report)),
        *([line] for line in _losses(report)),
        *([f"not known: {printable(each)}"] for each in _problems(report)),
        [f"not seen, and able to take more away: {'; '.join(report.not_seen)}"],
        [_count_line(report)],
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _row(access: VerbAccess) -> tuple[Cell, ...]:
    deciding = [each for each in access.in_the_way if each.verdict is access.verdict]
    words = ", ".join(dict.fromkeys(each.action for each in deciding))
    return (
        Cell(access.verdict.value, VERDICT_COLOURS[access.verdict]),
        Cell(access.verb.value),
        Cell(words or ("what is not known of the state" if access.problems else NOTHING)),
    )


def _each_once(report: AccessReport) -> tuple[Judged, ...]:
    found = dict.fromkeys(each for access in report.verbs for each in access.in_the_way)
    return tuple(sorted(found, key=lambda each: each.verdict is not AccessVerdict.CANNOT))


def _details(judged: Judged, ink: Ink) -> Iterator[str]:
    verdict = ink(judged.verdict.value, *VERDICT_COLOURS[judged.verdict])
    yield f"{verdict}  {judged.action}"
    facts = [("resource", printable(judged.resource))]
    facts += [("of it", printable(judged.part))] if judged.part else []
    facts += [
        ("because" if index == 0 else "", printable(each))
        for index, each in enumerate(judged.reasons)
    ]
    facts += [("statement", printable(judged.statement))] if judged.statement else []
    yield from fact_lines(facts)


def _losses(report: AccessReport) -> tuple[str, ...]:
    lost = dict.fromkeys(
        (each.judged.action, each.judged.verdict, each.loss)
        for access in report.verbs
        for each in access.lost
    )
    return tuple(
        f"without {action}{' (unknown)' if verdict is AccessVerdict.UNKNOWN else ''}: {loss}"
        for action, verdict, loss in lost
    )


def _problems(report: AccessReport) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for access in report.verbs for each in access.problems))


def _count_line(report: AccessReport) -> str:
    counts = ", ".join(
        f"{sum(each.verdict is verdict for each in report.verbs)} {verdict.value}"
        for verdict in AccessVerdict
    )
    return f"{len(report.verbs)} asked: {counts}"
