"""Find the user's `terraform` or `tofu` on the PATH and ask it for its version.

Nothing is run unless a function here is called, and nothing but `version -json`, with a time-out and without its question to
the update service.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

from holdfast.core.engines import Engine, EngineName, Version

VERSION_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class EngineProgram:
    """A program on this machine and what it says it is; the version is None when it did not say."""

    path: str
    engine: Engine


def installed_engine(
    name: EngineName,
    *,
    search_path: str | None = None,
    timeout_seconds: float = VERSION_TIMEOUT_SECONDS,
) -> EngineProgram | None:
    """Return the program of an engine, or None when it is not installed.

    `search_path` replaces the PATH. A program that fails, hangs or answers something else has no version.
    """
    path = shutil.which(name.value, path=search_path)
    if path is None:
        return None
    return EngineProgram(path, Engine(name, _version(path, timeout_seconds)))


def _version(path: str, timeout_seconds: float) -> Version | None:
    try:
        answer = subprocess.run(
            [path, "version", "-json"],
            capture_output=True,
            check=False,
            env=os.environ | {"CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            timeout=timeout_seconds,
        )
        document = json.loads(answer.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError, RecursionError):
        return None
    # OpenTofu has kept Terraform's name for this field.
    text = document.get("terraform_version") if isinstance(document, dict) else None
    return Version.parse(text) if isinstance(text, str) else None
