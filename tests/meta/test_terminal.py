"""Only the command line writes to a terminal, asks questions and ends the process."""

import ast

from tests.support.source_tree import (
    PACKAGE,
    called_names,
    dotted_name,
    imported_names,
    package_files,
    shown,
)

CALLS = {"breakpoint", "exit", "input", "os._exit", "print", "quit", "sys.exit"}
STREAMS = {"sys.stdin", "sys.stdout", "sys.stderr"}
LIBRARIES = {"click", "getpass", "rich"}


# These speak through pipes to a process of ours; no person reads or writes there.
PIPES = {
    "src/holdfast/app/command_running.py": "asks whether the child shares a terminal, to end it once",
    "src/holdfast/sandbox/server.py": "a child process that tells its parent where it listens",
}


def terminal_uses(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [
        (line, f"imports {name}")
        for line, name in imported_names(tree)
        if name.partition(".")[0] in LIBRARIES or name in STREAMS | {"os._exit", "sys.exit"}
    ]
    found += [(line, f"calls {name}") for line, name in called_names(tree) if name in CALLS]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted_name(node) in STREAMS:
            found.append((node.lineno, f"uses {dotted_name(node)}"))
        if isinstance(node, ast.Name) and node.id == "SystemExit":
            found.append((node.lineno, "uses SystemExit"))
    return [f"{line}: {what}" for line, what in sorted(found)]


def test_only_the_command_line_prints_and_exits() -> None:
    found = {
        shown(path): terminal_uses(path.read_text(encoding="utf-8"))
        for path in package_files()
        if path.relative_to(PACKAGE).parts[0] != "cli"
    }
    users = {path: lines for path, lines in found.items() if lines}
    assert {path: lines for path, lines in users.items() if path not in PIPES} == {}
    assert set(PIPES) <= set(users), "an exception that nobody needs any more"


def test_a_module_that_prints_and_exits_is_noticed() -> None:
    source = """
import sys
from click import echo
from sys import stdout

def fail():
    print("no", file=sys.stderr)
    sys.exit(1)
    raise SystemExit
"""
    assert terminal_uses(source) == [
        "3: imports click.echo",
        "4: imports sys.stdout",
        "7: calls print",
        "7: uses sys.stderr",
        "8: calls sys.exit",
        "9: uses SystemExit",
    ]
