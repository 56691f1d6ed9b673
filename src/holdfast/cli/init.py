"""`holdfast init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.cli.options import (
    ACCOUNT_ID,
    connect,
    connection_options,
    read_fleet,
    region_of_environment,
)
from holdfast.cli.terminal import ink_for, show_warning
from holdfast.core.declaration import DECLARATION_NAME
from holdfast.core.fleet import Fleet
from holdfast.errors import (
    DeclarationExistsError,
    DeclarationMissingError,
    ExitCode,
    NothingFoundError,
    UsageError,
)


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@connection_options
@click.option("--offline", is_flag=True, help="Read the code alone.")
@click.option(
    "--account",
    "accounts",
    type=ACCOUNT_ID,
    multiple=True,
    metavar="ID",
    help="The account of the backends of which neither the code nor the cloud says it.",
)
@click.option("--print", "to_stdout", is_flag=True, help="Print the declaration; write nothing.")
@click.option(
    "--check",
    is_flag=True,
    help="Tell what the declaration that is there does not cover, and exit with 4 if anything;"
    " reads the code alone.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Replace a declaration, and keep it as holdfast.yaml.orig.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show everything that did not fit.")
def init(
    *,
    path: Path,
    timeout_seconds: float,
    offline: bool,
    accounts: tuple[str, ...],
    to_stdout: bool,
    check: bool,
    force: bool,
    verbose: bool,
) -> int:
    """Write a declaration from the code and the cloud that are there.

    Reads the backends of all roots below PATH and, with credentials, what AWS says about them, and writes
    PATH/holdfast.yaml: one backend for each bucket, under the names that exist, and the patterns that explain the
    most of them. Says what did not fit, and why. Nothing else is changed.
    """
    if check + force + to_stdout > 1:
        raise UsageError(
            "`--check`, `--print` and `--force` exclude each other", world="nothing was read"
        )
    file = path / DECLARATION_NAME
    exists = file.exists() or file.is_symlink()
    if exists and not (check or force or to_stdout):
        raise DeclarationExistsError(str(file))
    if check and not exists:
        raise DeclarationMissingError(DECLARATION_NAME, str(path))
    request = FleetRequest(
        directory=path, region_default=region_of_environment(), on_warning=show_warning
    )
    if check:
        return _checked(read_code(request), file, verbose=verbose)
    fleet = _read(request, offline=offline, timeout_seconds=timeout_seconds)
    if not fleet.backends:
        raise NothingFoundError(str(path), files_read=fleet.repository.files_read)
    return _adopted(
        fleet, file, accounts=accounts, to_stdout=to_stdout, force=force, verbose=verbose
    )


def _read(request: FleetRequest, *, offline: bool, timeout_seconds: float) -> Fleet:
    if offline:
        return read_code(request)
    with connect(timeout_seconds) as connections:
        return read_fleet(request, connections)


def _adopted(
    fleet: Fleet,
    file: Path,
    *,
    accounts: tuple[str, ...],
    to_stdout: bool,
    force: bool,
    verbose: bool,
) -> int:
    from holdfast.app.adopt import proposal_for
    from holdfast.app.declaration_writing import write_declaration
    from holdfast.report.adoption_text import adoption_text, unread_text

    sys.stderr.write(unread_text(fleet, ink=ink_for(sys.stderr)))
    proposal = proposal_for(fleet, file.parent, accounts=accounts)
    report_stream = sys.stderr if to_stdout else sys.stdout
    if to_stdout:
        sys.stdout.write(proposal.text)
    else:
        copy = write_declaration(file, proposal.text, force=force)
        kept = f" (the one before is {copy})" if copy is not None else ""
        print(f"written: {file}{kept}", file=sys.stderr)
    report_stream.write(
        adoption_text(
            roots=len(proposal.roots),
            misfits=proposal.misfits,
            disagreements=proposal.disagreements,
            differences=proposal.differences,
            verbose=verbose,
            ink=ink_for(report_stream),
        )
    )
    return ExitCode.DONE


def _checked(fleet: Fleet, file: Path, *, verbose: bool) -> int:
    from holdfast.core.adoption_news import news_of
    from holdfast.report.adoption_text import news_text, unread_text

    sys.stderr.write(unread_text(fleet, ink=ink_for(sys.stderr)))
    if fleet.declaration is None:
        raise DeclarationMissingError(DECLARATION_NAME, str(file.parent))
    news = news_of(fleet, fleet.declaration)
    sys.stdout.write(news_text(news, path=str(file), verbose=verbose, ink=ink_for(sys.stdout)))
    return ExitCode.CHANGES_PENDING if news.total else ExitCode.DONE
