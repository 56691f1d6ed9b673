"""Fleets of a few words, for tests of what is inferred from them."""

from collections.abc import Mapping
from pathlib import Path

from holdfast.app.adopt import Proposal, proposal_for
from holdfast.app.fleet import FleetRequest, read_code
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios import SCENARIOS

ACCOUNT = "111111111111"
REGION = "eu-west-1"


def write_roots(directory: Path, roots: Mapping[str, Mapping[str, object]]) -> Path:
    """Write a root with a whole backend block at each path; `region` and `encrypt` are added unless they are None."""
    for path, arguments in roots.items():
        lines = "".join(
            f"    {name} = {value if isinstance(value, bool | list) else _quoted(value)}\n"
            for name, value in {"region": REGION, "encrypt": True, **arguments}.items()
            if value is not None
        )
        text = f'terraform {{\n  backend "s3" {{\n{lines}  }}\n}}\n'
        write(
            directory,
            f"{path}/backend.tf",
            text.replace("True", "true").replace("False", "false").replace("'", '"'),
        )
    return directory


def write(directory: Path, path: str, text: str) -> None:
    """Write one file of a repository."""
    file = directory / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def write_scenario(name: str, directory: Path) -> Path:
    """Write the repository of a scenario."""
    write_repository(SCENARIOS[name](), directory)
    return directory


def proposed(directory: Path, *, accounts: tuple[str, ...] = (ACCOUNT,)) -> Proposal:
    """Return what would be written for a repository, from its code alone."""
    return proposal_for(read_code(FleetRequest(directory=directory)), directory, accounts=accounts)


def settings_of(text: str) -> str:
    """Return a declaration without its comments."""
    lines = (line for line in text.splitlines() if line and not line.lstrip().startswith("#"))
    return "".join(f"{line}\n" for line in lines)


def _quoted(value: object) -> str:
    return str(value) if str(value).startswith("{") else f'"{value}"'
