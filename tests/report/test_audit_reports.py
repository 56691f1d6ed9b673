"""The audit and the plan as text, Markdown and JSON, compared whole."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.core.cloud import Caller
from holdfast.core.facts import Known, Reason, Withheld
from holdfast.core.findings import Evidence, Severity, Unjudged
from holdfast.core.repository import Repository
from holdfast.core.source import SourceSpan
from holdfast.report.audit_json import audit_json
from holdfast.report.audit_markdown import audit_markdown
from holdfast.report.audit_text import (
    account_lines,
    audit_text,
    count_line,
    evidence_words,
    unasked_lines,
    unknown_lines,
)
from holdfast.report.columns import PLAIN, Ink
from holdfast.report.plan_text import approval_lines, plan_text
from tests.report.audits import a_plan, a_result
from tests.rules.fleets import ACCOUNT, observed

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


def test_an_audit_in_a_wrong_account_says_so_before_anything_else() -> None:
    stranger = Known(Caller(account="999999999999", arn="arn:aws:iam::999999999999:user/ann"))
    misread = observed(caller=stranger)
    result = replace(a_result(), fleet=replace(a_result().fleet, observed=(misread,)))
    words = (
        f"{misread.backend.name}  the credentials are of account 999999999999, not {ACCOUNT}:"
        " what they show is not said of the right account"
    )
    assert audit_text(result).split("\n\n")[1] == f"warning   {words}"
    markdown = audit_markdown(result).split("\n\n")
    assert markdown[2:4] == ["### warning", f"- warning {' '.join(words.split())}"]
    assert "warning" not in audit_text(a_result())
    # Nobody to ask is no wrong account.
    unasked = replace(misread, caller=Withheld(reason=Reason.NOT_ASKED))
    assert list(account_lines((unasked,), PLAIN)) == []


def test_states_that_nobody_asked_for_are_no_good_news() -> None:
    assert list(unasked_lines(a_result(), PLAIN)) == []
    unasked = replace(a_result(), rules_without_states=("digest-stale", "state-orphaned"))
    said = [
        "not read  states: `holdfast audit --states` reads them",
        "  not run: digest-stale, state-orphaned",
    ]
    assert list(unasked_lines(unasked, PLAIN)) == said
    assert "\n".join(said) in audit_text(unasked).split("\n\n")
    section = ["### not asked", "\n".join(f"- {' '.join(line.split())}" for line in said)]
    markdown = audit_markdown(unasked).split("\n\n")
    assert markdown[markdown.index(section[0]) :][:2] == section


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


def unjudged(backend: str, rule: str) -> Unjudged:
    withheld = Withheld(reason=Reason.CREDENTIALS, detail="there are none")
    return Unjudged(rule=rule, severity=Severity.HIGH, backend=backend, withheld=withheld)


def test_what_could_not_be_judged_for_one_reason_is_said_once() -> None:
    nothing_read = [
        unjudged(f"backend-{number}", f"rule-{letter}")
        for number in range(5)
        for letter in "abcdefgh"
    ]
    assert list(unknown_lines(nothing_read, Ink())) == [
        "unknown   backend-0, backend-1, backend-2 and 2 more backends  credentials: there are none",
        "  not judged: rule-a, rule-b, rule-c, rule-d, rule-e, rule-f and 2 more rules",
    ]
    assert list(unknown_lines(nothing_read, Ink(), verbose=True)) == [
        "unknown   backend-0, backend-1, backend-2, backend-3, backend-4  credentials: there are none",
        "  not judged: rule-a, rule-b, rule-c, rule-d, rule-e, rule-f, rule-g, rule-h",
    ]


def test_backends_that_lack_different_rules_are_told_apart() -> None:
    lines = list(unknown_lines([unjudged("one", "rule-a"), unjudged("two", "rule-b")], Ink()))
    assert lines == [
        "unknown   one  credentials: there are none",
        "  not judged: rule-a",
        "unknown   two  credentials: there are none",
        "  not judged: rule-b",
    ]


def test_a_choice_of_backends_is_counted_as_one() -> None:
    result = a_result()
    chosen = replace(result.fleet, chosen=frozenset({result.rows[0].backend}))
    assert count_line(replace(result, fleet=chosen)).startswith("1 of 1 backend, 1 root, ")


def test_a_repository_without_s3_is_said_to_have_none() -> None:
    empty = replace(
        a_result(), rows=(), fleet=replace(a_result().fleet, repository=Repository(roots=()))
    )
    assert audit_text(empty).startswith("no root uses S3\n")


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("`net`", "net/backend.tf", "net/backend.tf:4"),
        ("`net`: no `region`", "net/backend.tf", "net/backend.tf:4  no `region`"),
        ("`.`: no `region`", "backend.tf", "backend.tf:4  no `region`"),
        ("`a.hcl`: `b/k`", "a.hcl", "a.hcl:4  `b/k`"),
        ("`net`: no `region`", "envs/dev.hcl", "envs/dev.hcl:4  `net`: no `region`"),
        ("`net` with `a.hcl`", "net/a.hcl", "net/a.hcl:4  `net` with `a.hcl`"),
        ("`network`", "net/backend.tf", "net/backend.tf:4  `network`"),
    ],
)
def test_a_path_that_the_place_shows_is_not_said_again(text: str, path: str, words: str) -> None:
    evidence = Evidence(label="root", text=text, span=SourceSpan(path, 4))
    assert evidence_words(evidence) == words
