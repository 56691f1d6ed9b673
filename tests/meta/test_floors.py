"""The pure floors stay pure. import-linter looks at packages; this looks at the standard library."""

import ast

from tests.support.source_tree import PACKAGE, called_names, imported_names, package_files, shown

PURE = {"core", "rules", "generate", "report", "errors"}

# What reaches the disk, the network, a clock, chance, the environment, a terminal or another process.
IMPURE_MODULES = {
    "asyncio",
    "concurrent",
    "ctypes",
    "fileinput",
    "getpass",
    "glob",
    "http",
    "io",
    "locale",
    "logging",
    "multiprocessing",
    "os",
    "pathlib.Path",
    "platform",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid.uuid1",
    "uuid.uuid4",
}
IMPURE_CALLS = {"eval", "exec", "input", "open", "print"}
IMPURE_METHODS = {"now", "today", "utcnow"}


def impurities(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [
        (line, f"imports {name}")
        for line, name in imported_names(tree)
        if any(f"{name}.".startswith(f"{module}.") for module in IMPURE_MODULES)
        or name == "pathlib"
    ]
    found += [
        (line, f"calls {name}")
        for line, name in called_names(tree)
        if name in IMPURE_CALLS or ("." in name and name.rpartition(".")[2] in IMPURE_METHODS)
    ]
    return [f"{line}: {what}" for line, what in sorted(found)]


def test_pure_floors_touch_nothing_of_the_world() -> None:
    found = {
        shown(path): impurities(path.read_text(encoding="utf-8"))
        for path in package_files()
        if path.relative_to(PACKAGE).parts[0] in PURE
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_an_impure_module_is_noticed() -> None:
    source = """
import os.path
import pathlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from time import monotonic

def stamp(path):
    print(datetime.now(UTC))
    return open(path)
"""
    assert impurities(source) == [
        "2: imports os.path",
        "3: imports pathlib",
        "5: imports pathlib.Path",
        "6: imports time.monotonic",
        "9: calls datetime.now",
        "9: calls print",
        "10: calls open",
    ]


def test_values_of_the_standard_library_are_pure() -> None:
    source = """
import re
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

def parse(text):
    return datetime.fromisoformat(re.sub(" ", "T", quote(text)))
"""
    assert impurities(source) == []
