"""The files of this project, for the tests that look at the project itself."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "holdfast"


def tracked_files() -> list[Path]:
    """Return the files that git tracks, or, outside of git, all files in folders that show."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
        candidates = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        candidates = [path for path in ROOT.rglob("*") if not _is_hidden(path)]
    return sorted(path for path in candidates if path.is_file() and not path.is_symlink())


def python_files() -> list[Path]:
    """Return the tracked Python files."""
    return [path for path in tracked_files() if path.suffix == ".py"]


def package_files() -> list[Path]:
    """Return the Python files of the package itself."""
    return sorted(PACKAGE.rglob("*.py"))


def shown(path: Path) -> str:
    """Return the path as a reader of the project knows it."""
    return path.relative_to(ROOT).as_posix()


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the full dotted name of everything that is imported."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from ((node.lineno, name.name) for name in node.names)
            case ast.ImportFrom(module=str(module)):
                yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)
            case _:
                pass


def called_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of everything that is called by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := dotted_name(node.func)):
            yield node.lineno, name


def dotted_name(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of plain names, and nothing for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            prefix = dotted_name(value)
            return f"{prefix}.{attribute}" if prefix else ""
        case _:
            return ""


def _is_hidden(path: Path) -> bool:
    return any(
        part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts
    )
