"""What nobody expected is told as the bug that it is; an interrupt is none."""

import pytest

from holdfast.cli.main import report_bug


@pytest.mark.parametrize(("kind", "told"), [(ValueError, True), (KeyboardInterrupt, False)])
def test_a_bug_is_told_with_its_own_words(
    kind: type[BaseException], told: object, capsys: pytest.CaptureFixture[str]
) -> None:
    report_bug(kind, kind("odd"), None)
    written = capsys.readouterr()
    assert written.out == ""
    assert f"{kind.__name__}: odd" in written.err
    assert ("error[bug]: this is a bug in holdfast" in written.err) is told
