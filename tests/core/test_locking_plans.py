"""Whether a stored stage still fits: files, backends and stages as they were planned, or done already."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Locking
from holdfast.core.code_edits import CodeFileEdit
from holdfast.core.locking_plans import (
    LockingPlan,
    LockingStage,
    content_digest,
    differences,
    file_of_edit,
)
from tests.core.locking_examples import CODE, DECLARATION, group, plan, stage

CHANGED = "was changed since the plan was made"
NEITHER = {CODE.path: CODE.before, DECLARATION.path: DECLARATION.before}
BOTH_DONE = {CODE.path: CODE.after, DECLARATION.path: DECLARATION.after}
NOTHING_LEFT = replace(plan(), stages=(), declaration=None)


def test_a_plan_of_the_same_world_fits() -> None:
    later = replace(plan(), made_at="2026-11-22T00:00:00+00:00")
    assert differences(plan(), later, NEITHER) == ()


def test_what_was_done_already_fits() -> None:
    half = {CODE.path: CODE.after, DECLARATION.path: DECLARATION.before}
    code_done = plan(replace(stage(), groups=()))
    assert differences(plan(), code_done, half) == ()
    assert differences(plan(), NOTHING_LEFT, BOTH_DONE) == ()


@pytest.mark.parametrize(
    "now", [replace(CODE, before="e" * 64), replace(CODE, after="e" * 64)], ids=["before", "after"]
)
def test_a_file_that_would_be_another(now: object) -> None:
    assert isinstance(now, type(CODE))
    assert differences(plan(), plan(stage(group(now))), NEITHER) == ((CODE.path, CHANGED),)


def test_a_file_that_is_neither_as_before_nor_as_after() -> None:
    contents = {CODE.path: "e" * 64, DECLARATION.path: DECLARATION.after}
    assert differences(plan(), NOTHING_LEFT, contents) == ((CODE.path, CHANGED),)
    gone = {DECLARATION.path: DECLARATION.after}
    assert differences(plan(), NOTHING_LEFT, gone) == ((CODE.path, CHANGED),)


def test_a_root_that_is_new() -> None:
    added = replace(CODE, path="new/main.tf")
    now = plan(stage(group(CODE, added)))
    assert differences(plan(), now, NEITHER) == (
        ("new/main.tf", "would change, and is not in the plan"),
    )


def test_a_declaration_that_changes_now_and_did_not_before() -> None:
    stored = plan(declaration=None)
    assert differences(stored, plan(), NEITHER) == (
        ("holdfast.yaml", "would change, and is not in the plan"),
    )


@pytest.mark.parametrize(
    "now",
    [
        replace(stage(), locking=Locking.DYNAMODB),
        replace(stage(), bucket="another"),
        replace(stage(), region="us-east-1"),
        replace(stage(), account=None),
    ],
    ids=["stage", "bucket", "region", "account"],
)
def test_a_backend_that_is_another(now: LockingStage) -> None:
    words = "is another backend now, or at another stage"
    assert differences(plan(), plan(now), NEITHER) == (("dev", words),)


def test_a_backend_that_is_new() -> None:
    now = plan(stage(), replace(stage(), backend="prod", groups=()))
    assert differences(plan(), now, NEITHER) == (("prod", "is not in the plan"),)


def test_all_differences_are_told_at_once() -> None:
    added = replace(CODE, path="new/main.tf")
    now: LockingPlan = plan(
        replace(stage(group(added)), bucket="another"),
        declaration=replace(DECLARATION, after="e" * 64),
    )
    assert [place for place, _ in differences(plan(), now, NEITHER)] == [
        "new/main.tf",
        "holdfast.yaml",
        CODE.path,
        "dev",
    ]


def test_a_file_of_a_plan_never_holds_its_text() -> None:
    edit = CodeFileEdit(path="a/backend.hcl", before=b'secret_key = "s"\n', after=b"")
    file = file_of_edit(edit, ("words",))
    assert (file.before, file.after) == (content_digest(edit.before), content_digest(b""))
    assert file.after == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_are_counted_once() -> None:
    assert plan(stage(group(), group())).root_count == 1
