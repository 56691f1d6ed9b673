"""Recognise files of backend arguments for `-backend-config=FILE`, by name and by content.

Neither is enough alone: `backend.hcl` may be a terragrunt file, and `prod.tfvars` may hold variables.
"""

from __future__ import annotations

from holdfast.core.repository import Origin, PartialFile
from holdfast.hcl.arguments import S3_ARGUMENTS, S3_MARKS, attributes_of
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.modules import Reporter
from holdfast.hcl.parsing import parse_hcl

BACKEND_DIRECTORIES = frozenset(
    [
        "backend",
        "backend-config",
        "backend-configs",
        "backend_config",
        "backend_configs",
        "backends",
        "conf",
        "config",
        "configs",
        "configuration",
        "env",
        "envs",
        "environments",
        "tfbackend",
        "tfbackends",
    ]
)
SURE_SUFFIXES = (".tfbackend", ".backend")
LIKELY_SUFFIXES = (".hcl", ".tfvars", ".conf", ".config", ".cfg", ".tfvars.json")
TERRAGRUNT_NAMES = frozenset({"terragrunt.hcl", "root.hcl", "terragrunt.stack.hcl"})
MARKS = tuple(mark.encode() for mark in sorted(S3_MARKS))
STRONG_MARKS = frozenset({"key", "region", "dynamodb_table", "use_lockfile", "encrypt", "profile"})


def may_be_partial(path: str) -> bool:
    """Tell from its path whether a file can be one of backend arguments."""
    directory, _, name = path.rpartition("/")
    lowered = name.lower()
    if lowered.startswith(".") or lowered in TERRAGRUNT_NAMES or lowered.endswith(".pkr.hcl"):
        return False
    if lowered.endswith((*SURE_SUFFIXES, ".hcl")):
        return True
    return lowered.endswith(LIKELY_SUFFIXES) and (
        "backend" in lowered or directory.rpartition("/")[2].lower() in BACKEND_DIRECTORIES
    )


def is_named_for_it(path: str) -> bool:
    """Tell whether the name alone says that a file holds backend arguments."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(SURE_SUFFIXES) or "backend" in name


def partial_file(path: str, content: bytes, *, report: Reporter) -> PartialFile | None:
    """Read a file of S3 backend arguments; None when it is something else.

    One that is named for it may hold an argument that the backend does not know (a slip that the
    engine refuses), any other may not.
    """
    if not any(mark in content for mark in MARKS):
        return None
    parsed = parse_json(content) if path.endswith(".json") else parse_hcl(content)
    names = {each.name for each in parsed.body.attributes}
    blocks = {each.type for each in parsed.body.blocks}
    named = is_named_for_it(path)
    known = names <= S3_ARGUMENTS and bool(names & S3_MARKS)
    likely = "bucket" in names and bool(names & STRONG_MARKS)
    if not (known or (named and likely)) or not blocks <= S3_ARGUMENTS:
        if parsed.problem is not None and named:
            report(path, parsed.problem)
        return None
    if not named and not likely:
        return None
    if parsed.problem is not None:
        report(path, parsed.problem)
    attributes = attributes_of(parsed.body, path=path, origin=Origin.PARTIAL_FILE)
    return PartialFile(path=path, attributes=attributes)
