"""The fleet whose components share one table, as a repository that a test may change."""

from pathlib import Path

from holdfast.core.generated import sealed
from holdfast.generate.backend_settings import NOTICE
from holdfast.sandbox.repository import write_repository
from holdfast.sandbox.scenarios.shared_table import (
    BUCKET,
    COMPONENTS,
    REGION,
    TABLE,
    shared_table_declared,
)

AKS = "azure-aks-dev-aks-msdp-dev-01"
AKS_KEY = "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"
AKS_ROOT = "infrastructure/azure/aks/dev"
DECLARATION = "holdfast.yaml"


def write_declared_repository(directory: Path) -> None:
    """Write it with its engine pinned, and without the files that somebody wrote by hand."""
    write_repository(shared_table_declared(), directory)
    for component in COMPONENTS:
        (directory / component.directory / "backend.hcl").unlink()
    pin(directory, "1.15.5")


def partial_file(key: str) -> str:
    """Return what is generated for a key of the fleet."""
    return sealed(
        f"# {NOTICE}\n"
        "\n"
        f'bucket              = "{BUCKET}"\n'
        f'key                 = "{key}"\n'
        f'region              = "{REGION}"\n'
        "encrypt             = true\n"
        f'dynamodb_table      = "{TABLE}"\n'
        'allowed_account_ids = ["111111111111"]\n'
    )


def pin(repository: Path, version: str) -> None:
    """Pin the engine of every root."""
    (repository / ".terraform-version").write_text(f"{version}\n", encoding="utf-8")


def declare(repository: Path, old: str, new: str) -> None:
    """Change the declaration; what is changed must be there."""
    path = repository / DECLARATION
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree_of(directory: Path) -> dict[str, bytes]:
    """Return every file of the repository."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }
