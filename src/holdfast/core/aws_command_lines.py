"""Command lines of the `aws` program, quoted for a POSIX shell. Pure."""

from __future__ import annotations

import shlex

from holdfast.core.backends import Access


def aws_line(*words: str, region: str, access: Access, endpoint: str | None) -> str:
    """Return one command line that reaches AWS as a backend is reached: by profile, and by endpoint if there is one."""
    profile = access.profile
    return shlex.join(
        (
            "aws",
            *words,
            "--region",
            region,
            *(("--profile", profile) if profile else ()),
            *(("--endpoint-url", endpoint) if endpoint else ()),
        )
    )
