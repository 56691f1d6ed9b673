"""Names by which people call what keeps Terraform state: buckets, tables, directories, modules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

STATE_NAME = re.compile(
    r"(?<![a-z])(?:tf|terraform|tofu|opentofu)[-_. ]?(?:remote[-_]?)?(?:backend|states?|locks?)(?![a-z])"
    r"|(?<![a-z])(?:tfstates?|tflocks?|remote[-_]?states?|state[-_]?(?:locks?|buckets?|backend))(?![a-z])"
    r"|(?<![a-z])backend[-_](?:setup|bootstrap|state)(?![a-z])"
)
STATE_WORDS = ("state", "lock", "backend")  # one of them is in every such name
# A directory of one of these names is a setup module even while it is empty.
SETUP_DIRECTORY = re.compile(
    r"(?:setup|bootstrap|init)[-_](?:remote[-_]?)?(?:backend|state|tfstate|(?:tf|terraform)[-_](?:state|backend))"
    r"|(?:remote[-_]?)?(?:backend|state|tfstate|(?:tf|terraform)[-_](?:state|backend))[-_](?:setup|bootstrap|init)"
    r"|(?:tf|terraform)[-_]?(?:remote[-_])?(?:state|backend)|tfstate[-_]backend|remote[-_]state|state[-_]backend"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModule:
    """A public module that creates what a backend needs; the arguments that hold the names."""

    bucket_argument: str | None
    table_argument: str | None
    table_default: str | None = None


# Sources: the `variables.tf` of each module on its default branch.
KNOWN_MODULES: Mapping[str, KnownModule] = {
    "cloudposse/tfstate-backend/aws": KnownModule(
        bucket_argument="s3_bucket_name", table_argument="dynamodb_table_name"
    ),
    "nozaq/remote-state-s3-backend/aws": KnownModule(
        bucket_argument="s3_bucket_name",
        table_argument="dynamodb_table_name",
        table_default="tf-remote-state-lock",
    ),
    "trussworks/bootstrap/aws": KnownModule(
        bucket_argument=None,
        table_argument="dynamodb_table_name",
        table_default="terraform-state-lock",
    ),
    "squareops/tfstate/aws": KnownModule(bucket_argument="bucket_name", table_argument=None),
    "stavxyz/backend/aws": KnownModule(
        bucket_argument="backend_bucket",
        table_argument="dynamodb_lock_table_name",
        table_default="terraform-lock",
    ),
}
# The two forms in which a source names one of them: from the registry, and from its repository.
KNOWN_SOURCES = tuple(
    source
    for name in KNOWN_MODULES
    for owner, module, _ in [name.split("/")]
    for source in (name, f"{owner}/terraform-aws-{module}")
)
BUCKET_MODULES: Mapping[str, str] = {"terraform-aws-modules/s3-bucket/aws": "bucket"}
TABLE_MODULES: Mapping[str, str] = {"terraform-aws-modules/dynamodb-table/aws": "name"}


def is_state_name(text: str) -> bool:
    """Tell whether a name says that it keeps state or locks, or whether a text holds such a name."""
    lowered = text.lower()
    return any(word in lowered for word in STATE_WORDS) and bool(STATE_NAME.search(lowered))


def is_setup_directory(path: str) -> bool:
    """Tell whether a directory's own name says that it is a setup module."""
    return SETUP_DIRECTORY.fullmatch(path.rpartition("/")[2].lower()) is not None


def registry_name(source: str) -> str:
    """Return `namespace/name/provider` of a module source, git and registry forms alike."""
    text = source.split("//", 1)[-1] if source.startswith(("git::", "https://")) else source
    text = text.partition("?")[0].partition("//")[0].removesuffix(".git")
    match = re.search(r"(?:^|[/:])([\w-]+)/terraform-(aws)-([\w-]+)$", text)
    if match is not None:
        return f"{match[1]}/{match[3]}/{match[2]}"
    parts = text.split("/")
    return "/".join(parts[-3:])
