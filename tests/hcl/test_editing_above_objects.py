"""What stands below an argument that is taken out or put in moves, and is the same all the same."""

import pytest

from holdfast.core.code_edits import ArgumentChange, CodePlace, EditedFile
from holdfast.hcl.editing import edit_arguments

BLOCK = 'terraform {\n  backend "s3" {\n    bucket = "b"\n%s  }\n}\n'
TABLE, FILE = '    dynamodb_table = "l"\n', "    use_lockfile = true\n"
BELOW = (
    '    endpoints = { s3 = "http://store:9000" }\n',
    '    assume_role = {\n      role_arn = "r"\n      tags = { team = "a" }\n    }\n',
    '    allowed_account_ids = [{ id = "1" }]\n',
    '    profile = lookup({ a = "b" }, "a")\n',
    '    profile = "x-${lookup({ a = "b" }, "a")}"\n',
)


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize(("name", "left"), [("dynamodb_table", FILE), ("use_lockfile", TABLE)])
def test_an_argument_above_an_object_is_taken_out(below: str, name: str, left: str) -> None:
    before, after = BLOCK % (TABLE + FILE + below), BLOCK % (left + below)
    changes = [ArgumentChange(name=name, value=None)]
    done = edit_arguments("main.tf", before.encode(), CodePlace.BACKEND_BLOCK, changes)
    assert isinstance(done, EditedFile), done
    assert done.content.decode() == after


def test_a_member_of_json_above_an_object_is_taken_out() -> None:
    text = '{\n%s  "assume_role": {"role_arn": "r"}\n}\n'
    before, after = text % '  "dynamodb_table": "l",\n', text % ""
    changes = [ArgumentChange(name="dynamodb_table", value=None)]
    done = edit_arguments("b.tfvars.json", before.encode(), CodePlace.PARTIAL_FILE, changes)
    assert isinstance(done, EditedFile), done
    assert done.content.decode() == after
