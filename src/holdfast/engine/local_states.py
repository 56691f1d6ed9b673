"""Read local state files for what identifies them: serial, lineage, how many resources; never values.

Source: state format version 4 (Terraform 0.12 and newer, OpenTofu): `version`, `terraform_version`, `serial`
and `lineage` stand before `outputs` and `resources`.
"""

from __future__ import annotations

import json
import re

from holdfast.core.cleaning import printable
from holdfast.core.local_migration import WORKSPACES_DIRECTORY
from holdfast.core.repository import LocalState

STATE_SUFFIX = ".tfstate"  # `errored.tfstate` among them: a state that could not be written
# The head of a state names it; counting resources is left out for a state too large to be read.
HEAD_BYTES = 4096
SIZE_MAX_BYTES = 64 * 1024 * 1024
SERIAL = re.compile(rb'"serial"\s*:\s*(\d{1,19})')
LINEAGE = re.compile(rb'"lineage"\s*:\s*"([^"\\]{0,100})"')


def is_local_state(path: str) -> bool:
    """Tell whether a file is a local state: of a directory, or of one of its workspaces."""
    parts = path.split("/")
    return parts[-1].endswith(STATE_SUFFIX) and ".terraform" not in parts


def root_of_state(path: str) -> str:
    """Return the directory that a local state belongs to; workspaces lie two levels deeper."""
    parts = path.split("/")[:-1]
    if len(parts) > 1 and parts[-2] == WORKSPACES_DIRECTORY:
        parts = parts[:-2]
    return "/".join(parts) or "."


def local_state(path: str, content: bytes | None, *, size_bytes: int) -> LocalState:
    """Return what identifies a local state; `content` is None when it is too large or unreadable."""
    head = (content or b"")[:HEAD_BYTES]
    try:
        document = json.loads(content) if content else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        serial, lineage = SERIAL.search(head), LINEAGE.search(head)
        return LocalState(
            path=path,
            serial=int(serial[1]) if serial is not None else None,
            lineage=printable(lineage[1].decode("utf-8", "replace")) if lineage else "",
            resources=0 if content == b"" else None,
            size_bytes=size_bytes,
        )
    number, text, resources = (document.get(each) for each in ("serial", "lineage", "resources"))
    return LocalState(
        path=path,
        serial=number if isinstance(number, int) else None,
        lineage=printable(text, length_max=100) if isinstance(text, str) else "",
        resources=len(resources) if isinstance(resources, list) else None,
        size_bytes=size_bytes,
    )
