"""The audit and the plan as text, Markdown and JSON, compared whole."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.report.audit_json import audit_json
from holdfast.report.audit_markdown import audit_markdown
from holdfast.report.audit_text import audit_text
from holdfast.report.columns import Ink
from holdfast.report.plan_text import approval_lines, plan_text
from tests.report.audits import a_plan, a_result

EXPECTED = Path(__file__).parent / "expected"
REPORTS = {
    "audit.txt": lambda: audit_text(a_result()),
    "audit-verbose.txt": lambda: audit_text(a_result(), verbose=True),
    "audit.md": lambda: audit_markdown(a_result()),
    "audit.json": lambda: audit_json(a_result(), holdfast_version="0.1.0"),
    "plan.txt": lambda: plan_text(a_plan()),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_laid_out_as_expected(name: str) -> None:
    assert REPORTS[name]() == (EXPECTED / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_carries_a_command_to_the_terminal(name: str) -> None:
    assert "\x1b" not in REPORTS[name]()


def test_colour_changes_no_word() -> None:
    coloured = audit_text(a_result(), ink=Ink(coloured=True))
    assert "\x1b[" in coloured
    for code in (
        "\x1b[31;1m",
        "\x1b[31m",
        "\x1b[32m",
        "\x1b[33m",
        "\x1b[36m",
        "\x1b[1m",
        "\x1b[0m",
    ):
        coloured = coloured.replace(code, "")
    assert coloured == audit_text(a_result())


def test_the_summary_counts_what_the_document_lists() -> None:
    document = json.loads(audit_json(a_result(), holdfast_version="0.1.0"))
    listed = [finding["severity"] for finding in document["findings"]]
    summary = document["summary"]
    assert {word: summary[word] for word in ("critical", "high", "medium", "low", "note")} == {
        word: listed.count(word) for word in ("critical", "high", "medium", "low", "note")
    }
    assert summary["unknown"] == len(document["unknown"])


def test_the_commands_of_a_step_stand_below_it() -> None:
    step = "acme-terraform-state create-table:acme-terraform-locks"
    text = plan_text(a_plan(), commands={step: ("aws dynamodb create-table",)})
    assert (
        "   2.  create lock table `acme-terraform-locks` in eu-west-1\n"
        "       $ aws dynamodb create-table\n"
    ) in text


def test_an_empty_plan_says_whether_everything_was_read() -> None:
    empty = replace(a_plan(), backends=())
    assert plan_text(empty) == "nothing to change\n"
    assert plan_text(empty, complete=False) == (
        "nothing can be planned for what could not be read\n"
    )


def test_before_an_apply_account_and_region_are_shown() -> None:
    assert approval_lines(a_plan()) == [
        "backend               account       alias  region     changes",
        "acme-terraform-state  111111111111  -      eu-west-1  2 steps",
    ]
