"""Whoever silences a tool says why, and nothing is left for later."""

import io
import re
import tokenize

import pytest

from tests.support.source_tree import python_files, shown

SILENCER = re.compile(
    r"noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?"
    r"|type:\s*ignore(\[[a-z, -]+\])?"
    r"|pragma:\s*no\s*(cover|branch)"
    r"|(fmt|ruff):\s*[a-z-]+(\[[A-Z0-9, ]+\])?",
)
LATER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "HA" + "CK"]) + r")\b")
REASON_WORDS_MIN = 2


def bad_comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    return [
        f"{token.start[0]}: {token.string}"
        for token in comments
        if LATER.search(token.string) or is_silent_about_its_reason(token.string)
    ]


def is_silent_about_its_reason(comment: str) -> bool:
    rest, silenced = SILENCER.subn("", comment)
    return silenced > 0 and len(re.findall(r"[A-Za-z]+", rest)) < REASON_WORDS_MIN


def test_silenced_tools_have_a_reason_and_nothing_is_postponed() -> None:
    found = {shown(path): bad_comments(path.read_text(encoding="utf-8")) for path in python_files()}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "comment",
    [
        "# " + "noqa",
        "# " + "noqa: S310",
        "# " + "type: ignore[attr-defined]",
        "# " + "pragma: no cover",
        "# TO" + "DO: look again at this later",
    ],
)
def test_a_comment_without_a_reason_is_noticed(comment: str) -> None:
    assert bad_comments(f"x = 1  {comment}\n") == [f"1: {comment}"]


@pytest.mark.parametrize(
    "comment",
    [
        "# " + "noqa: S310, S311 - the address is ours",
        "# " + "type: ignore[attr-defined]  # boto3 makes its clients at run time",
        "# The order matters.",
    ],
)
def test_a_comment_with_a_reason_is_fine(comment: str) -> None:
    assert bad_comments(f"x = 1  {comment}\n") == []


def test_text_that_looks_like_a_comment_is_not_one() -> None:
    assert bad_comments('x = "# ' + 'noqa"\n') == []
