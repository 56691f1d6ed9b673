from holdfast.errors import AccountMismatchError, UsageError
from holdfast.report.error_text import error_text


def test_an_error_says_what_happened_the_facts_the_world_and_the_next_step() -> None:
    error = AccountMismatchError(
        "prod", expected="222222222222", actual="111111111111", caller="arn:aws:iam::1:user/ana"
    )
    assert error_text(error) == (
        "error[account-mismatch]: the credentials for backend `prod` are of account 111111111111,"
        " not 222222222222\n"
        "  caller    arn:aws:iam::1:user/ana\n"
        "  declared  222222222222\n"
        "nothing was changed\n"
        "\n"
        "hint: use the profile or role of the declared account\n"
    )


def test_foreign_text_cannot_command_the_terminal() -> None:
    error = UsageError("a\x1b[2Jb", facts=(("who\x07", "x\x9by"),), hints=("h\x1bh",))
    assert "\x1b" not in error_text(error)
    assert "\x07" not in error_text(error)
    assert "\x9b" not in error_text(error)
