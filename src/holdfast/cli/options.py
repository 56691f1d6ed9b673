"""Options that several commands share, and how a fleet is read with them."""

from __future__ import annotations

import functools
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from holdfast.app.fleet import FleetRequest, read_cloud, read_code
from holdfast.cli.terminal import progress, show_warning
from holdfast.core.fleet import Fleet

if TYPE_CHECKING:
    from holdfast.aws.connections import Connections

# What a decorator of options takes and gives: it adds parameters of the command line and takes others away.
Command: TypeAlias = Callable[..., object]

TIMEOUT_SECONDS_DEFAULT = 6.0


class AccountId(click.ParamType[str]):
    """Twelve digits."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id as it is, and refuse what is none."""
        if re.fullmatch(r"[0-9]{12}", value) is None:
            self.fail(f"'{value}' is not an account id: twelve digits.", param, ctx)
        return value


ACCOUNT_ID = AccountId()


class Seconds(click.FloatRange):
    """A number in a range; `nan` is in none, though no comparison says so."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, and refuse what is none."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"'{value}' is not a number.", param, ctx)
        return number


def fleet_options(command: Command) -> Command:
    """Add PATH, `--declaration` and `--backend`; the command gets them as one `FleetRequest`."""

    @click.argument("path", type=click.Path(path_type=Path), default=".")
    @click.option(
        "--declaration",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The declaration to use instead of PATH/holdfast.yaml.",
    )
    @click.option(
        "--backend",
        "backends",
        multiple=True,
        metavar="NAME",
        help="Look at this backend only (its name or bucket); may be repeated.",
    )
    @functools.wraps(command)
    def with_request(
        path: Path, declaration: Path | None, backends: tuple[str, ...], **options: object
    ) -> object:
        request = FleetRequest(
            directory=path,
            declaration=declaration,
            backends=backends,
            region_default=region_of_environment(),
            on_warning=show_warning,
        )
        return command(request=request, **options)

    return with_request


def connection_options(command: Command) -> Command:
    """Add `--timeout`."""
    decorate = click.option(
        "--timeout",
        "timeout_seconds",
        type=Seconds(min=0.1, max=600),
        default=TIMEOUT_SECONDS_DEFAULT,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for one answer of AWS.",
    )
    return decorate(command)


def region_of_environment() -> str | None:
    """Return the region that an engine would take from the environment (Terraform 1.11.4)."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def connect(timeout_seconds: float) -> Connections:
    """Open connections for one run."""
    from holdfast.aws.connections import Connections

    return Connections(
        connect_timeout_seconds=min(timeout_seconds, 5.0), read_timeout_seconds=timeout_seconds
    )


def read_fleet(request: FleetRequest, connections: Connections) -> Fleet:
    """Read code and cloud, with progress on a terminal."""
    code = read_code(request)
    with progress("reading", len(code.backends_chosen)) as advance:
        return read_cloud(
            code, connections=connections, on_progress=lambda backend: advance(backend.name)
        )
