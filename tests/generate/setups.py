"""Setups for the tests of what is generated for them: a new backend unless a test says otherwise."""

from typing import Any

from holdfast.core.backends import Backend
from holdfast.core.cloud import BucketAbsent, ObservedBackend, TableAbsent
from holdfast.core.declaration import DeclaredBaseline
from holdfast.core.facts import Known
from holdfast.generate.setup_settings import SetupSettings, setup_settings
from tests.rules.fleets import BUCKET, REGION, backend, observed

# A change is a field of the backend: `replace` refuses any other name.
Changes = Any


def new_backend(**changes: Changes) -> ObservedBackend:
    """Return a backend of which nothing is there yet, with these fields changed."""
    of = backend(**changes)
    return observed(
        of,
        bucket=BucketAbsent(name=BUCKET),
        tables=[TableAbsent(name=name, elsewhere=Known(())) for name in of.tables],
    )


def settings_of(
    there: ObservedBackend | None = None,
    of: Backend | None = None,
    *,
    baseline: DeclaredBaseline | None = None,
) -> SetupSettings:
    """Return the settings of a backend as it was observed; without either, of a new one."""
    seen = there if there is not None or of is not None else new_backend()
    return setup_settings(
        of or (seen.backend if seen is not None else backend()),
        REGION,
        observed=seen,
        baseline=baseline or DeclaredBaseline(),
    )


def settings_offline(**changes: Changes) -> SetupSettings:
    """Return the settings of a backend of which nothing was asked."""
    return settings_of(None, backend(**changes))


def without_lock_table() -> SetupSettings:
    """Return the settings of a new backend that locks with files."""
    there = new_backend(tables=())
    return settings_of(there)
