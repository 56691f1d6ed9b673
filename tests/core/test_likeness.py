from holdfast.core.likeness import (
    RANKED_MAX,
    did_you_mean,
    listed,
    listed_shortly,
    nearest,
    nearest_first,
)

REGIONS = ("us-east-1", "eu-west-1", "eu-west-2")


def test_the_nearest_word_is_the_one_that_was_meant() -> None:
    assert nearest("eu-wset-1", REGIONS) == "eu-west-1"
    assert did_you_mean("eu-wset-1", REGIONS) == "; did you mean `eu-west-1`?"


def test_a_word_that_is_like_none_is_not_guessed() -> None:
    assert nearest("production", REGIONS) is None
    assert nearest("x", ()) is None
    assert did_you_mean("production", REGIONS) == ""
    assert nearest("eu-wset-1", REGIONS, similarity_min=0.95) is None


def test_words_are_ordered_by_likeness_and_equals_stay_as_they_are() -> None:
    assert nearest_first("eu-west-2", REGIONS) == ("eu-west-2", "eu-west-1", "us-east-1")
    assert nearest_first("", REGIONS) == REGIONS


def test_very_many_words_are_not_compared() -> None:
    many = tuple(f"service-{number}" for number in range(RANKED_MAX + 1))
    assert nearest_first("service-7", many) == many
    assert nearest_first("service-7", many[:-1])[0] == "service-7"


def test_words_are_listed_as_code_and_cut_when_there_are_many() -> None:
    assert listed(("a", "b")) == "`a`, `b`"
    assert listed_shortly(("a", "b"), shown_max=2) == "`a`, `b`"
    assert listed_shortly(("a", "b", "c", "d"), shown_max=2) == "`a`, `b` and 2 more"
