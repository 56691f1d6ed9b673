"""Read what an engine left in a working directory: `.terraform/terraform.tfstate` and `environment`.

Source: Terraform 1.11.4. `version` is always 3, `config` holds every argument of the backend with null
for the unset ones, values are those after merging `-backend-config`; secrets stand there in clear and
are dropped here. `TF_DATA_DIR` can move the directory; its default place is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.cleaning import printable
from holdfast.core.repository import SENSITIVE_ARGUMENTS, CachedBackend, LiteralValue

CACHE_NAME = ".terraform/terraform.tfstate"
ENVIRONMENT_NAME = ".terraform/environment"
CACHE_VERSION = 3
NESTING_MAX = 6

Problem = Callable[[str, str], None]


def cached_backend(
    path: str, content: bytes, environment: bytes | None, *, report: Problem
) -> CachedBackend | None:
    """Return what a directory is initialised against; None when the file names no backend.

    `content` is that of `.terraform/terraform.tfstate` at `path`, `environment` that of
    `.terraform/environment`, which names the selected workspace.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        report(path, "not valid JSON: the directory needs `init` again")
        return None
    if not isinstance(document, dict) or document.get("version") != CACHE_VERSION:
        report(path, "not a backend cache of format version 3: not read")
        return None
    backend = document.get("backend")
    if not isinstance(backend, dict):
        return None
    config = backend.get("config")
    version = document.get("terraform_version")
    return CachedBackend(
        path=path,
        type=printable(str(backend.get("type", ""))),
        config=_config(config) if isinstance(config, dict) else {},
        workspace=selected_workspace(environment),
        engine_version=printable(version) if isinstance(version, str) else "",
    )


def selected_workspace(environment: bytes | None) -> str:
    """Return the workspace that `.terraform/environment` selects."""
    text = (environment or b"").decode("utf-8", "replace").strip()
    return printable(text, length_max=200) or WORKSPACE_DEFAULT


def _config(config: Mapping[str, object]) -> Mapping[str, LiteralValue]:
    return {
        name: _literal(value, NESTING_MAX)
        for name, value in config.items()
        if name not in SENSITIVE_ARGUMENTS
    }


def _literal(value: object, depth: int) -> LiteralValue:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() if depth:
            return tuple(_literal(each, depth - 1) for each in value)
        case dict() if depth:
            return {str(name): _literal(each, depth - 1) for name, each in value.items()}
        case _:
            return None
