"""How generated files differ from the disk, as it is read."""

from holdfast.core.generated import MARK, ComparedFile, GeneratedFile, Standing
from holdfast.report.columns import Ink
from holdfast.report.generated_files_text import difference_text, standing_text

FILE = GeneratedFile(path="app/backend.hcl", text=f'# {MARK}\nregion = "eu-west-1"\n')
MARKED = FILE.content.splitlines()[0]


def compared(standing: Standing, before: str | None = None) -> ComparedFile:
    return ComparedFile(file=FILE, standing=standing, before=before)


def test_what_is_missing_is_all_new() -> None:
    assert difference_text([compared(Standing.MISSING)]) == (
        f'--- /dev/null\n+++ b/app/backend.hcl\n@@ -0,0 +1,2 @@\n+{MARKED}\n+region = "eu-west-1"\n'
    )


def test_what_differs_is_shown_from_the_disk_to_what_is_generated() -> None:
    text = difference_text([compared(Standing.HAND_WRITTEN, 'region = "eu-west-1"\nmine = 1\n')])
    assert text == (
        "--- a/app/backend.hcl\n+++ b/app/backend.hcl\n@@ -1,2 +1,2 @@\n"
        f'+{MARKED}\n region = "eu-west-1"\n-mine = 1\n'
    )


def test_a_secret_in_a_file_by_hand_is_not_shown() -> None:
    before = 'secret_key = "hush"\n"access_key": "hush",\ntoken="hush"\n'
    text = difference_text([compared(Standing.HAND_WRITTEN, before)])
    assert "hush" not in text
    assert '-secret_key = (sensitive)\n-"access_key": (sensitive)\n-token=(sensitive)\n' in text


def test_what_could_move_the_cursor_is_shown_as_a_replacement() -> None:
    assert "\x1b" not in difference_text([compared(Standing.HAND_WRITTEN, "\x1b[2J\n")])


def test_a_file_that_is_no_text_has_a_line_of_its_own() -> None:
    text = difference_text([compared(Standing.HAND_WRITTEN)])
    assert text == "Binary file app/backend.hcl differs\n"


def test_colours_follow_the_signs() -> None:
    text = difference_text([compared(Standing.MISSING)], ink=Ink(coloured=True))
    assert text.splitlines()[-1] == '\x1b[32m+region = "eu-west-1"\x1b[0m'


def test_the_summary_names_what_is_not_up_to_date() -> None:
    current = compared(Standing.CURRENT, FILE.content)
    assert difference_text([current]) == ""
    assert standing_text([current, compared(Standing.MISSING)]) == (
        "missing: app/backend.hcl\n1 of 2 generated files up to date\n"
    )
