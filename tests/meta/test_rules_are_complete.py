"""Every rule is one file with its page, and has its test. Adding a rule touches nothing else."""

import ast
import re
from pathlib import Path

from tests.support.source_tree import PACKAGE, ROOT, dotted_name

RULES = PACKAGE / "rules"
RULE_TESTS = ROOT / "tests" / "rules"
DECORATORS = {"fleet_rule", "backend_rule", "bucket_rule", "table_rule", "states_rule"}
HEADINGS = ["What it checks", "Why it matters", "Fix"]


def rule_mistakes(name: str, source: str, test_names: set[str]) -> list[str]:
    """Return what is wrong with the rule in the module of this name."""
    tree = ast.parse(source)
    mistakes = page_mistakes(ast.get_docstring(tree) or "")
    rules = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and is_rule(node)]
    if rules != [name]:
        mistakes.append(f"defines the rules {rules}, not [{name!r}]")
    if f"test_{name}.py" not in test_names:
        mistakes.append(f"has no tests/rules/test_{name}.py")
    return mistakes


def page_mistakes(page: str) -> list[str]:
    title, _, rest = page.partition("\n")
    mistakes = []
    if not title.endswith(".") or not rest.startswith("\n"):
        mistakes.append("the page does not begin with one sentence on a line of its own")
    sections = re.split(r"^## (.*)$", rest, flags=re.MULTILINE)
    headings, bodies = sections[1::2], sections[2::2]
    if headings != HEADINGS:
        mistakes.append(f"the headings are {headings}, not {HEADINGS}")
    mistakes += [
        f"nothing stands under {heading!r}"
        for heading, body in zip(headings, bodies, strict=True)
        if not body.strip()
    ]
    return mistakes


def is_rule(function: ast.FunctionDef) -> bool:
    called = [node.func for node in function.decorator_list if isinstance(node, ast.Call)]
    return any(dotted_name(node).rpartition(".")[2] in DECORATORS for node in called)


def rule_files() -> list[Path]:
    return sorted(path for path in RULES.glob("*.py") if path.stem != "__init__")


def test_every_rule_has_its_page_its_name_and_its_test() -> None:
    test_names = {path.name for path in RULE_TESTS.glob("test_*.py")}
    found = {
        path.stem: rule_mistakes(path.stem, path.read_text(encoding="utf-8"), test_names)
        for path in rule_files()
    }
    assert {name: mistakes for name, mistakes in found.items() if mistakes} == {}


GOOD = '''"""The state bucket keeps no old versions.

## What it checks
Versioning of the bucket.

## Why it matters
What is overwritten is gone.

## Fix
Switch it on.
"""

@bucket_rule(Severity.CRITICAL)
def bucket_versioning_off(bucket, backend):
    yield from ()
'''


def test_a_complete_rule_has_no_mistakes() -> None:
    tests = {"test_bucket_versioning_off.py"}
    assert rule_mistakes("bucket_versioning_off", GOOD, tests) == []


def test_a_rule_without_test_and_under_another_name_is_noticed() -> None:
    assert rule_mistakes("bucket_public", GOOD, {"test_bucket_versioning_off.py"}) == [
        "defines the rules ['bucket_versioning_off'], not ['bucket_public']",
        "has no tests/rules/test_bucket_public.py",
    ]


def test_two_rules_in_one_file_are_noticed() -> None:
    second = "\n@findings.table_rule(Severity.LOW)\ndef table_idle(table, backend):\n    yield\n"
    assert rule_mistakes(
        "bucket_versioning_off", GOOD + second, {"test_bucket_versioning_off.py"}
    ) == [
        "defines the rules ['bucket_versioning_off', 'table_idle'], not ['bucket_versioning_off']"
    ]


def test_a_page_with_other_headings_is_noticed() -> None:
    page = "Versioning is off\nand that is bad.\n\n## Fix\n\n## Why it matters\nMuch is lost."
    assert page_mistakes(page) == [
        "the page does not begin with one sentence on a line of its own",
        "the headings are ['Fix', 'Why it matters'], not ['What it checks', 'Why it matters', 'Fix']",
        "nothing stands under 'Fix'",
    ]
