"""Files and functions stay short enough to be read at once."""

import ast

from tests.support.source_tree import python_files, shown

FILE_LINES_MAX = 320
FUNCTION_LINES_MAX = 75


def too_long(source: str) -> list[str]:
    lines = len(source.splitlines())
    found = [f"{lines} lines"] if lines > FILE_LINES_MAX else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                found.append(f"{node.lineno}: {node.name} has {length} lines")
    return found


def test_files_and_functions_are_short() -> None:
    found = {shown(path): too_long(path.read_text(encoding="utf-8")) for path in python_files()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_long_function_in_a_long_file_is_noticed() -> None:
    longest = "def longest():\n" + "    pass\n" * 74
    longer = "async def longer():\n" + "    pass\n" * 75
    assert too_long(longest + longer) == ["76: longer has 76 lines"]
    assert too_long("\n" * 320) == []
    assert too_long("\n" * 321) == ["321 lines"]
