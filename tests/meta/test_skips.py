"""A skipped test fails in CI unless it is on the list."""

import pytest

from tests.support.skips import SkipsAreFailures, allowed_patterns

# The text of a module that pytest runs by itself; nothing is skipped here.
SKIPPING = """
from pytest import mark

def test_passes():
    pass

@mark.skip(reason="no server here")
def test_skipped():
    pass

@mark.xfail(reason="known", strict=True)
def test_fails_as_expected():
    raise ValueError
"""


def test_unlisted_skips_and_expected_failures_fail(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sample=SKIPPING)
    result = pytester.inline_run(plugins=[SkipsAreFailures([])])
    result.assertoutcome(passed=1, skipped=0, failed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_listed_skips_stay_skipped(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sample=SKIPPING)
    patterns = ["test_sample.py::test_skipped", "test_sample.py::*expected"]
    result = pytester.inline_run(plugins=[SkipsAreFailures(patterns)])
    result.assertoutcome(passed=1, skipped=2, failed=0)
    assert result.ret == pytest.ExitCode.OK


def test_a_module_that_skips_itself_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_sample="import pytest\npytest.importorskip('there_is_no_such_module')\n"
    )
    result = pytester.inline_run(plugins=[SkipsAreFailures([])])
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_the_list_wants_a_reason_for_each_pattern() -> None:
    text = "# a comment\n\ntests/e2e/test_aws.py::*  needs an account\n"
    assert allowed_patterns(text) == ["tests/e2e/test_aws.py::*"]
    with pytest.raises(ValueError, match=r"`tests/x\.py` has no reason"):
        allowed_patterns("tests/x.py\n")
