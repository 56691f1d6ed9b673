"""Where the setup module of a backend belongs. Pure.

The directory that is there for it comes first, then the layout, then the place that another module's path
suggests, and last a directory whose name says what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from holdfast.core.backends import Backend
from holdfast.core.declaration import Declaration
from holdfast.core.patterns import PatternMistake, expand
from holdfast.core.setup_modules import (
    SetupComplete,
    SetupEmpty,
    SetupIncomplete,
    SetupMatch,
    SetupMissing,
    SetupNotKnown,
)
from holdfast.generate.setup_following import SetupNames

DIRECTORY_DEFAULT = "backend-setup"


def directory_there(match: SetupMatch) -> str | None:
    """Return the directory that the repository has for a backend's module."""
    match match:
        case SetupComplete(module=module) | SetupIncomplete(module=module):
            return module.path
        case SetupEmpty(module=module):
            return module.path
        case SetupMissing() | SetupNotKnown():
            return None


def directory_of_layout(
    backend: Backend, region: str, declaration: Declaration | None
) -> str | tuple[PatternMistake, ...] | None:
    """Return what the layout says; None when it is silent, its mistakes when a field has no value."""
    if declaration is None or declaration.layout.setup is None:
        return None
    return expand(declaration.layout.setup, layout_fields(backend, region, declaration))


def layout_fields(backend: Backend, region: str, declaration: Declaration) -> Mapping[str, str]:
    """Return the fields that `layout.setup` may name, as far as they have values."""
    declared = next((each for each in declaration.backends if each.name == backend.name), None)
    account = declared.account if declared is not None else None
    fields = {
        "organization": declaration.organization,
        "account": account.name if account is not None else None,
        "account_id": backend.account,
        "region": region,
        "backend": backend.name,
    }
    return {name: value for name, value in fields.items() if value is not None}


def directory_after(pattern: str, owner: SetupNames, backend: SetupNames) -> str | None:
    """Return the pattern's path with the names of another backend in it; None when it names nothing."""
    path = pattern
    for old, new in (
        (owner.bucket, backend.bucket),
        (owner.region, backend.region),
        (owner.account, backend.account),
    ):
        if old is not None and new is not None:
            path = re.sub(rf"(?<![A-Za-z0-9]){re.escape(old)}(?![A-Za-z0-9])", new, path)
    return path if path != pattern else None


def directory_default(backend: Backend, *, alone: bool) -> str:
    """Return a directory of our own choice: one for each backend where there are several."""
    if alone:
        return DIRECTORY_DEFAULT
    return f"{DIRECTORY_DEFAULT}/{re.sub(r'[^A-Za-z0-9._-]', '-', backend.name)}"
