"""The plan of a stage in a file: it comes back as it was written, in the text of format 1, or with every problem at once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Locking
from holdfast.core.locking_plan_file import locking_plan_from_text, locking_plan_text
from holdfast.core.locking_plans import (
    LockingFile,
    LockingGroup,
    LockingPlan,
    LockingRoot,
    LockingStage,
    TableRetirement,
)
from holdfast.core.locking_stages import DigestWork
from holdfast.errors import PlanFileError
from tests.core.locking_examples import plan

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
FILES = st.builds(
    LockingFile,
    path=TEXT,
    before=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    after=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    words=TEXTS,
)
ROOTS = st.builds(
    LockingRoot, path=TEXT, partial_file=TEXT, key=TEXT, locking=st.sampled_from(Locking)
)
GROUPS = st.builds(
    LockingGroup,
    roots=st.lists(ROOTS, max_size=2).map(tuple),
    files=st.lists(FILES, max_size=2).map(tuple),
    states=TEXTS,
    digests=st.sampled_from(DigestWork),
)
STAGES = st.builds(
    LockingStage,
    backend=TEXT,
    bucket=TEXT,
    region=st.none() | TEXT,
    account=st.none() | TEXT,
    locking=st.sampled_from(Locking),
    tables=TEXTS,
    groups=st.lists(GROUPS, max_size=2).map(tuple),
)
RETIREMENTS = st.builds(
    TableRetirement,
    backend=TEXT,
    table=TEXT,
    region=st.none() | TEXT,
    creators=TEXTS,
    commands=TEXTS,
)
PLANS = st.builds(
    LockingPlan,
    made_at=TEXT,
    holdfast_version=TEXT,
    goal=st.sampled_from(Locking),
    stages=st.lists(STAGES, max_size=2, unique_by=lambda each: each.backend).map(tuple),
    declaration=st.none() | FILES,
    retirements=st.lists(RETIREMENTS, max_size=1).map(tuple),
)


@given(PLANS)
def test_a_plan_comes_back_as_it_was_written(written: LockingPlan) -> None:
    assert locking_plan_from_text(locking_plan_text(written), path="stage.json") == written


def test_the_text_of_format_1() -> None:
    text = locking_plan_text(plan())
    assert text.endswith("}\n")
    assert json.loads(text) == {
        "format": 1,
        "plan": "locking-stage",
        "made_at": "2026-11-21T14:00:00+00:00",
        "holdfast_version": "0.1.0",
        "goal": "dynamodb",
        "stages": [
            {
                "backend": "dev",
                "bucket": "acme-state",
                "region": "eu-west-1",
                "account": "111111111111",
                "locking": "both",
                "tables": ["acme-locks"],
                "groups": [
                    {
                        "roots": [
                            {
                                "path": "network",
                                "partial_file": "network/backend.hcl",
                                "key": "network/terraform.tfstate",
                                "locking": "lockfile",
                            }
                        ],
                        "files": [
                            {
                                "path": "network/backend.hcl",
                                "before": "a" * 64,
                                "after": "b" * 64,
                                "words": ["use_lockfile becomes true"],
                            }
                        ],
                        "states": ["network/terraform.tfstate", "env:/dev/network"],
                        "digests": "clear",
                    }
                ],
            }
        ],
        "declaration": {
            "path": "holdfast.yaml",
            "before": "c" * 64,
            "after": "d" * 64,
            "words": ["dev: locking becomes both"],
        },
        "retirements": [],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not the plan of `holdfast migrate locking`"),
        ('{"format": 1, "backends": []}', "it is not the plan of `holdfast migrate locking`"),
        ('{"plan": "locking-stage", "format": 2}', "it is of format 2"),
        ('{"plan": "locking-stage", "format": "\\u001b[31m"}', "it is of format"),
        ('{"plan": "locking-stage", "format": 1}', "4 problems"),
    ],
)
def test_a_file_that_is_no_plan(text: str, words: str) -> None:
    with pytest.raises(PlanFileError) as caught:
        locking_plan_from_text(text, path="stage.json")
    said = caught.value.headline + str(caught.value.facts)
    assert "stage.json" in said
    assert words in said
    assert "\x1b" not in said


# The members of a JSON document.
Document = dict[str, Any]


def problems(change: Callable[[Document], object]) -> set[tuple[str, str]]:
    """Return what is said of a plan after a change of its text."""
    document = json.loads(locking_plan_text(plan()))
    change(document)
    with pytest.raises(PlanFileError) as caught:
        locking_plan_from_text(json.dumps(document), path="stage.json")
    return {(place, words) for place, words in caught.value.facts if place != "file"}


def test_every_problem_of_the_shape_is_told_at_once() -> None:
    def change(document: Document) -> None:
        (stage,) = document["stages"]
        (group,) = stage["groups"]
        document["goal"] = "sometimes"
        document["extra"] = 1
        del document["made_at"]
        stage["bucket"] = 5
        stage["tables"] = "acme-locks"
        group["digests"] = "burn"
        group["roots"] = [7]
        group["files"][0]["words"] = [True]

    assert problems(change) == {
        ("extra", "is not known"),
        ("made_at", "is missing"),
        ("goal", "must be one of none, dynamodb, lockfile, both"),
        ("stages[0].bucket", "must be text"),
        ("stages[0].tables", "must be an array"),
        ("stages[0].groups[0].digests", "must be one of keep, refresh, clear, remove"),
        ("stages[0].groups[0].roots[0]", "must be an object"),
        ("stages[0].groups[0].files[0].words[0]", "must be text"),
    }


def test_what_cannot_be_right_is_told_at_once() -> None:
    def change(document: Document) -> None:
        (stage,) = document["stages"]
        document["stages"].append(stage)
        stage["groups"][0]["files"][0]["before"] = "A" * 64
        document["declaration"]["after"] = "d" * 63

    assert problems(change) == {
        ("network/backend.hcl.before", "must be a SHA-256"),
        ("holdfast.yaml.after", "must be a SHA-256"),
        ("dev", "stands twice"),
    }
