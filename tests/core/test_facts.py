import pytest

from holdfast.core.facts import Known, Reason, UnknownFactError, Withheld, need


def test_a_known_fact_gives_its_value() -> None:
    assert need(Known("eu-west-1")) == "eu-west-1"


def test_a_known_none_is_a_value_and_not_unknown() -> None:
    assert need(Known(None)) is None


def test_a_withheld_fact_cannot_be_used() -> None:
    withheld = Withheld(reason=Reason.PERMISSION, permission="s3:GetBucketPolicy")
    with pytest.raises(UnknownFactError) as caught:
        need(withheld)
    assert caught.value.withheld is withheld


@pytest.mark.parametrize(
    ("withheld", "words"),
    [
        (
            Withheld(reason=Reason.PERMISSION, permission="s3:GetBucketPolicy"),
            "permission `s3:GetBucketPolicy` is missing",
        ),
        (Withheld(reason=Reason.THROTTLED, detail="SlowDown"), "throttled: SlowDown"),
        (Withheld(reason=Reason.THROTTLED), "throttled"),
        (Withheld(reason=Reason.NOT_ASKED, detail="no table is named"), "no table is named"),
        (Withheld(reason=Reason.NOT_ASKED), "not asked"),
    ],
)
def test_a_withheld_fact_says_why(withheld: Withheld, words: str) -> None:
    assert str(withheld) == words
