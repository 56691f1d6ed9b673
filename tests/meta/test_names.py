"""A module or a class is named after its one idea, never after being useful."""

import ast
import re

from tests.support.source_tree import ROOT, python_files

EMPTY_WORDS = {
    "base",
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utilities",
    "utils",
}


def empty_names(path: str, source: str) -> list[str]:
    names = [part.removesuffix(".py") for part in path.split("/")]
    names += [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return [name for name in names if EMPTY_WORDS & set(words_of(name))]


def words_of(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]


def test_names_say_something() -> None:
    found = {
        name: empty_names(name, path.read_text(encoding="utf-8"))
        for path in python_files()
        for name in [path.relative_to(ROOT).as_posix()]
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_an_empty_name_is_noticed() -> None:
    source = "class LockManager: ...\nclass Database: ...\nclass S3BaseStore: ...\n"
    assert empty_names("src/core/string_utils.py", source) == [
        "string_utils",
        "LockManager",
        "S3BaseStore",
    ]
    assert empty_names("src/core/baseline.py", "class Commonwealth: ...\n") == []
