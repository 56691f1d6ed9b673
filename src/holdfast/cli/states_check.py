"""`holdfast states check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import holdfast
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.locks_options import identity, onlooker_now
from holdfast.cli.options import connect, connection_options, fleet_options
from holdfast.cli.states_options import locked
from holdfast.cli.terminal import activity, answer_to, ink_for, is_interactive
from holdfast.core.digests import DigestRepair, DigestVerdict
from holdfast.errors import CustomerKeyError, ExitCode, HoldfastError, StateUnreadError

if TYPE_CHECKING:
    from holdfast.app.state_digests import DigestCase
    from holdfast.aws.connections import Connections
    from holdfast.core.backends import Backend

OPERATION = "holdfast-repair"
ANSWERS: dict[str, DigestRepair] = {
    "write": DigestRepair.WRITE_DIGEST,
    "remove": DigestRepair.REMOVE_DIGEST,
    "restore": DigestRepair.RESTORE_VERSION,
}


@click.command("check")
@fleet_options
@connection_options
@click.option("--repair", "repairs", is_flag=True, help="Ask for each wrong digest what to do.")
@click.option(
    "--with",
    "answer",
    type=click.Choice(list(ANSWERS)),
    help="Repair in this way wherever it fits, without asking.",
)
@click.option(
    "--journal",
    "journal_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write old digests there instead of `~/.local/state/holdfast/journal.jsonl`.",
)
def states_check(
    *,
    request: FleetRequest,
    timeout_seconds: float,
    repairs: bool,
    answer: str | None,
    journal_file: Path | None,
) -> int:
    """Compare every digest in the lock tables with the bytes of its state.

    Engines refuse a state whose digest differs, and `init` is blocked. For a wrong digest it is said which older version
    it names, if any. With `--repair` or `--with` it is mended under the locks of the state.
    """
    from holdfast.report.digests_text import digest_count_line, digest_lines, foreign_lines

    code = read_code(request)
    backends = code.backends_chosen
    unread: list[str] = []
    foreign: list[tuple[str, str, int]] = []
    found: list[DigestCase] = []
    wrong_left = 0
    ink = ink_for(sys.stdout)
    with connect(timeout_seconds) as connections:
        if repairs or answer is not None:
            unlock_left(backends, connections=connections)
        for each in cases(backends, connections=connections, unread=unread, foreign=foreign):
            found.append(each)
            if each.finding.verdict in {DigestVerdict.RIGHT, DigestVerdict.NONE}:
                continue
            lines = digest_lines(
                f"{each.place.backend.bucket}/{each.place.key}",
                each.address.table.table,
                each.finding,
                current=each.current.read.content if each.current else None,
                older=each.older.read.content if each.older else None,
                ink=ink,
            )
            print("\n".join(lines), flush=True)
            choice = chosen_repair(each, answer, asks=repairs)
            if choice is None:
                wrong_left += 1
                continue
            try:
                done = repaired(each, choice, connections, journal_file)
            except HoldfastError as error:
                wrong_left += 1
                done = f"not repaired: {error.headline}"
            print(f"  {done}", flush=True)
    known = {each.bucket for each in code.backends}
    strange = [each for each in foreign if each[0] not in known]
    for bucket, store, count in strange:
        print("\n".join(foreign_lines(bucket, store, count, ink=ink)))
    for problem in unread:
        print(f"unknown  {problem}")
    verdicts = [each.finding.verdict for each in found]
    others = sum(count for _, _, count in strange)
    print(digest_count_line(verdicts, unread=len(unread), foreign=others))
    if wrong_left:
        return ExitCode.FINDINGS
    return ExitCode.INCOMPLETE if unread else ExitCode.DONE


def unlock_left(backends: Sequence[Backend], *, connections: Connections) -> None:
    """Remove the locks that killed repairs have left, and say so."""
    from holdfast.app.left_locks import remove_left_locks
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.working_locks import Worker

    removed = remove_left_locks(
        backends,
        operation=OPERATION,
        connections=connections,
        worker=Worker(identity=identity(), process=os.getpid()),
        onlooker=onlooker_now(None),
        customer_key=customer_key_in(os.environ),
    )
    for path in removed:
        print(f"removed the lock that a killed repair had left at {path}", file=sys.stderr)


def cases(
    backends: Sequence[Backend],
    *,
    connections: Connections,
    unread: list[str],
    foreign: list[tuple[str, str, int]],
) -> Iterator[DigestCase]:
    """Yield the digest of every state in every table.

    What cannot be read is put into `unread`; digests of other buckets into `foreign`: bucket, table and count.
    """
    from holdfast.app.lock_stores import customer_key_in
    from holdfast.app.state_digests import check_digests
    from holdfast.app.state_places import place_of
    from holdfast.app.states_listing import list_states

    customer_key = customer_key_in(os.environ)
    with activity("listing states"):
        board = list_states(
            backends, connections=connections, read=False, customer_key=customer_key
        )
    unread += [f"{each.place}: {each.withheld}" for each in board.stores if each.withheld]
    foreign += [
        (bucket, each.place, count)
        for each in board.stores
        for bucket, count in each.foreign_digests
    ]
    by_name = {each.name: each for each in backends}
    for row in board.rows:
        try:
            place = place_of(by_name[row.state.backend], row.state.key, customer_key=customer_key)
            found = check_digests(place, connections=connections)
        except (StateUnreadError, CustomerKeyError) as error:
            reason = f": {error.facts[0][1]}" if error.facts else ""
            unread.append(f"{error.headline}{reason}")
        else:
            yield from found


def chosen_repair(case: DigestCase, answer: str | None, *, asks: bool) -> DigestRepair | None:
    """Return what is to be done about a wrong digest; None to leave it."""
    possible = case.finding.repairs
    if answer is not None:
        choice = ANSWERS[answer]
        return choice if choice in possible else None
    if not asks or not is_interactive():
        return None
    words = {word: each for word, each in ANSWERS.items() if each in possible}
    shown = ", ".join(f"`{word}` ({each.value})" for word, each in words.items())
    return words.get(answer_to(f"  Type {shown}, or nothing to leave it"))


def repaired(
    case: DigestCase,
    choice: DigestRepair,
    connections: Connections,
    journal_file: Path | None,
) -> str:
    """Repair one digest under the locks of its state, and say what was done."""
    from holdfast.app.account_checking import check_account
    from holdfast.app.journal import Journal, Remover, journal_path
    from holdfast.app.state_digests import repair

    caller = check_account(case.place.backend, connections=connections)
    with locked(
        case.place, connections=connections, operation=OPERATION, reason=f"to {choice.value}"
    ):
        return repair(
            case,
            choice,
            connections=connections,
            journal=Journal(path=journal_file or journal_path(os.environ, Path.home())),
            remover=Remover(who=identity().who, caller=caller, version=holdfast.__version__),
            clock=lambda: datetime.now(UTC).isoformat(),
        )
