"""Words and evidence about settings."""

from holdfast.core.evidence import (
    block_comments,
    only_root,
    quoted,
    roots_words,
    setting_evidence,
    setting_words,
)
from holdfast.core.findings import Evidence
from holdfast.core.settings import settings_of
from holdfast.core.source import SourceSpan
from tests.rules.fleets import fleet, root
from tests.rules.partial_files import partial, partial_root, settings

CODE = fleet(
    root("a", comments=("Moved in May.", "See the wiki.")),
    partial_root("b", partial("b/dev.hcl", settings()), partial("b/prod.hcl", settings())),
)
A, DEV, PROD = settings_of(CODE.repository)


def test_names_are_listed_as_people_do() -> None:
    assert quoted(["a"]) == "`a`"
    assert quoted(["a", "b"]) == "`a` and `b`"
    assert quoted(["a", "b", "c"]) == "`a`, `b` and `c`"


def test_a_setting_is_named_by_its_root_and_its_file() -> None:
    assert [setting_words(each) for each in (A, DEV)] == ["`a`", "`b` with `b/dev.hcl`"]


def test_roots_are_named_alone_and_counted_together() -> None:
    assert (roots_words([DEV, PROD]), only_root([DEV, PROD])) == ("`b`", "b")
    assert (roots_words([A, DEV, PROD]), only_root([A, DEV, PROD])) == ("2 roots", "")


def test_evidence_stands_where_the_argument_does_or_else_the_bucket() -> None:
    assert setting_evidence(DEV, "locked", argument="dynamodb_table") == Evidence(
        label="root", text="`b` with `b/dev.hcl`: locked", span=SourceSpan("b/dev.hcl", 5, 1)
    )
    assert setting_evidence(DEV, "", argument="use_lockfile") == Evidence(
        label="root", text="`b` with `b/dev.hcl`", span=SourceSpan("b/dev.hcl", 1, 1)
    )


def test_comments_of_a_block_are_shown_once() -> None:
    assert block_comments([A, A, DEV]) == (
        Evidence(
            label="comment",
            text="Moved in May. See the wiki.",
            span=SourceSpan("a/backend.tf", 2, 3),
        ),
    )
