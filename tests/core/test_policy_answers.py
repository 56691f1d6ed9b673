from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.policy_answers import Answer, all_hold, any_holds


@given(st.lists(st.sampled_from(Answer), min_size=1))
def test_what_may_hold_never_becomes_certain(answers: list[Answer]) -> None:
    without = [answer for answer in answers if answer is not Answer.MAYBE]
    assert (all_hold(answers) is Answer.NO) is (Answer.NO in answers)
    assert (any_holds(answers) is Answer.YES) is (Answer.YES in answers)
    if len(without) < len(answers):
        assert all_hold(answers) is not Answer.YES
        assert any_holds(answers) is not Answer.NO
