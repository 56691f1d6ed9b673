"""A pytest plugin: in CI, a test that is skipped without being on the list fails.

The list is `tests/skips_allowed.txt`: one line per test, a pattern of its name and, after two
spaces, the reason. A skipped test proves nothing, so each needs somebody who says why that is fine.
Outside of CI nothing changes: a machine without some server skips what it cannot run.
"""

import os
from collections.abc import Generator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ALLOWED = Path(__file__).parents[1] / "skips_allowed.txt"


def allowed_patterns(text: str) -> list[str]:
    """Return the patterns of the list. A line without a reason is an error."""
    patterns = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        pattern, _, reason = line.partition("  ")
        if not reason.strip():
            message = f"skips_allowed.txt: `{pattern}` has no reason"
            raise ValueError(message)
        patterns.append(pattern)
    return patterns


class SkipsAreFailures:
    """Turn a skip that is not on the list into a failure, in the process that ran the test."""

    def __init__(self, patterns: list[str]) -> None:
        self.patterns = patterns

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge a test that was skipped, or that was expected to fail and did."""
        report = yield
        self._judge(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self,
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Judge a module that was skipped as a whole."""
        report = yield
        self._judge(report)
        return report

    def _judge(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        listed = any(fnmatchcase(report.nodeid, pattern) for pattern in self.patterns)
        if report.outcome == "skipped" and not listed:
            report.outcome = "failed"
            report.longrepr = f"skipped, and not in skips_allowed.txt: {report.longreprtext}"
            # An expected failure carries this mark, and would be counted as one in spite of the outcome.
            vars(report).pop("wasxfail", None)


def pytest_configure(config: pytest.Config) -> None:
    """Watch the skips when the environment says that this is CI."""
    if os.environ.get("CI"):
        patterns = allowed_patterns(ALLOWED.read_text(encoding="utf-8"))
        config.pluginmanager.register(SkipsAreFailures(patterns), "skips-are-failures")
