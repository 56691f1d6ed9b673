"""What `holdfast init` says."""

from holdfast.core.adoption import Misfit
from holdfast.core.adoption_news import News
from holdfast.report.adoption_text import SHOWN_MAX, adoption_text, news_text

MISFIT = Misfit(subject="a\x1b[31m", facts=(("key", "x\ny"),), reason="it is\tred")


def test_what_did_not_fit_is_said_with_the_reason_and_cleaned() -> None:
    assert adoption_text(
        roots=1, misfits=[MISFIT], disagreements=[MISFIT], differences=[MISFIT]
    ) == (
        "did not fit:\n"
        "  a\ufffd[31m\n"
        "    key  x y\n"
        "    why  it is red\n"
        "\n"
        "the written convention disagrees:\n"
        "  a\ufffd[31m\n"
        "    key  x y\n"
        "    why  it is red\n"
        "\n"
        "fit, and would get other arguments from `generate backend`:\n"
        "  a\ufffd[31m\n"
        "    key  x y\n"
        "    why  it is red\n"
        "\n"
        "1 root fit, 1 thing did not\n"
    )


def test_many_misfits_are_cut_unless_all_are_asked_for() -> None:
    many = [MISFIT] * (SHOWN_MAX + 2)
    cut = adoption_text(roots=0, misfits=many, disagreements=[], differences=[])
    assert cut.endswith(
        "  … and 2 more; `--verbose` shows them all\n\n0 roots fit, 22 things did not\n"
    )
    whole = adoption_text(roots=0, misfits=many, disagreements=[], differences=[], verbose=True)
    assert whole.count("it is red") == SHOWN_MAX + 2
    assert "more" not in whole


def test_news_are_counted_by_kind() -> None:
    news = News(backends=(MISFIT,), tables=(), roots=(MISFIT, MISFIT))
    assert news_text(news, path="holdfast.yaml").endswith(
        "\n`holdfast.yaml` does not cover 1 backend, 0 lock tables and 2 roots\n"
    )
    assert news_text(News(), path="holdfast.yaml") == (
        "`holdfast.yaml` covers every backend, lock table and root of the code\n"
    )
