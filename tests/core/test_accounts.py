import pytest

from holdfast.core.accounts import names_accounts, wrong_account
from tests.rules.fleets import backend

ONE, TWO, THREE = "111111111111", "222222222222", "333333333333"


@pytest.mark.parametrize(
    ("account", "allowed", "forbidden"),
    [(None, (), ()), (ONE, (), ()), (None, (ONE, TWO), ()), (ONE, (ONE, TWO), (THREE,))],
)
def test_an_account_that_nothing_speaks_against_is_right(
    account: str | None, allowed: tuple[str, ...], forbidden: tuple[str, ...]
) -> None:
    named = backend(account=account, accounts_allowed=allowed, accounts_forbidden=forbidden)
    assert wrong_account(named, ONE) is None
    assert names_accounts(named) is bool(account or allowed or forbidden)


@pytest.mark.parametrize(
    ("account", "allowed", "forbidden", "words"),
    [
        (ONE, (), (), f"not {ONE}"),
        (None, (ONE, TWO), (), f"not {ONE} or {TWO}"),
        (None, (), (THREE,), "which the code forbids"),
        (None, (ONE, THREE), (THREE,), "which the code forbids"),
        # The declaration names the account, and the code another one: both are kept.
        (THREE, (ONE, TWO), (), f"not {ONE} or {TWO}"),
        (ONE, (THREE,), (), f"not {ONE}"),
    ],
)
def test_a_wrong_account_is_told_with_the_right_ones(
    account: str | None, allowed: tuple[str, ...], forbidden: tuple[str, ...], words: str
) -> None:
    named = backend(account=account, accounts_allowed=allowed, accounts_forbidden=forbidden)
    assert str(wrong_account(named, THREE)) == f"the credentials are of account {THREE}, {words}"


def test_ids_are_the_text_of_others() -> None:
    wrong = wrong_account(backend(account=None, accounts_allowed=("1\x1b[2J", TWO)), THREE)
    assert wrong is not None
    assert "\x1b" not in str(wrong)
