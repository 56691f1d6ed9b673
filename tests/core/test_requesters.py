import pytest

from holdfast.core.backends import Access
from holdfast.core.cloud import Caller
from holdfast.core.facts import Known
from holdfast.core.policy_principals import Requester
from holdfast.core.requesters import requester_of
from tests.rules.fleets import ACCOUNT, DENIED, backend, observed

ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/terraform"


def test_the_role_of_the_code_comes_first_and_is_known_whole() -> None:
    by_code = observed(backend(access=Access(role_arn=ROLE)))
    assert requester_of(by_code) == Requester(arn=ROLE, account=ACCOUNT)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (
            f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/ci/session",
            Requester(arn=f"arn:aws-cn:iam::{ACCOUNT}:role/ci", account=ACCOUNT, path_known=False),
        ),
        (
            f"arn:aws:iam::{ACCOUNT}:user/path/ann",
            Requester(arn=f"arn:aws:iam::{ACCOUNT}:user/path/ann", account=ACCOUNT),
        ),
    ],
)
def test_without_a_role_it_is_whoever_asks(arn: str, expected: Requester) -> None:
    asked = observed(caller=Known(Caller(account=ACCOUNT, arn=arn)))
    assert requester_of(asked) == expected


def test_nobody_is_known_when_nobody_could_be_asked() -> None:
    assert requester_of(observed(caller=DENIED)) == Requester()
