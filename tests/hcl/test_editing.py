"""Editing backend arguments: exactly the wanted difference, and not a byte besides."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.code_edits import ArgumentChange, CodePlace, EditedFile, EditRefused
from holdfast.hcl.editing import arguments_in, edit_arguments
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import Constant

BLOCK, PARTIAL, TERRAGRUNT = CodePlace.BACKEND_BLOCK, CodePlace.PARTIAL_FILE, CodePlace.REMOTE_STATE
TO_LOCKFILE = (
    ArgumentChange(name="dynamodb_table", value=None),
    ArgumentChange(name="use_lockfile", value=True),
)


def changed(path: str, text: str, place: CodePlace, *changes: ArgumentChange) -> str:
    done = edit_arguments(path, text.encode(), place, changes)
    assert isinstance(done, EditedFile), done
    return done.content.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """\
terraform {
  required_version = ">= 1.10" # why

  # the states of everybody
  backend "s3" {
    bucket         = "states"   # shared
    key            = "a/b.tfstate"
    dynamodb_table = "locks" # until 2027
    region         = "eu-west-1"
  }
}
""",
            """\
terraform {
  required_version = ">= 1.10" # why

  # the states of everybody
  backend "s3" {
    bucket         = "states"   # shared
    key            = "a/b.tfstate"
    # until 2027
    region         = "eu-west-1"
    use_lockfile   = true
  }
}
""",
        ),
        (
            'terraform {\n  backend "s3" {}\n}\n',
            'terraform {\n  backend "s3" {\n    use_lockfile = true\n  }\n}\n',
        ),
        (
            'terraform {\n  backend "s3" { key = "x" }\n}\n',
            'terraform {\n  backend "s3" {\n    key = "x"\n    use_lockfile = true\n  }\n}\n',
        ),
        (
            'terraform {\r\n\tbackend "s3" {\r\n\t\tdynamodb_table="l"\r\n\t}\r\n}\r\n',
            'terraform {\r\n\tbackend "s3" {\r\n\t\tuse_lockfile = true\r\n\t}\r\n}\r\n',
        ),
        (
            '\ufeffterraform {\n  backend "s3" {\n    # nothing yet\n  }\n}',
            '\ufeffterraform {\n  backend "s3" {\n    # nothing yet\n    use_lockfile = true\n  }\n}',
        ),
    ],
    ids=["aligned", "empty", "one line", "windows", "comment alone"],
)
def test_a_block_keeps_its_layout(before: str, after: str) -> None:
    assert changed("main.tf", before, BLOCK, *TO_LOCKFILE) == after
    # Done once is done for good.
    assert changed("main.tf", after, BLOCK, *TO_LOCKFILE) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('bucket = "b"\ndynamodb_table = "l"', 'bucket = "b"\nuse_lockfile = true\n'),
        ("", "use_lockfile = true\n"),
        ("# only words", "# only words\nuse_lockfile = true\n"),
    ],
    ids=["no end of line", "empty", "comment alone"],
)
def test_a_partial_file_keeps_its_layout(before: str, after: str) -> None:
    assert changed("backend.hcl", before, PARTIAL, *TO_LOCKFILE) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            (
                'remote_state {\n  backend = "s3"\n  config = {\n    bucket         = "b",\n'
                '    dynamodb_table = "l",\n    key = "${path_relative_to_include()}/x"\n  }\n}\n'
            ),
            (
                'remote_state {\n  backend = "s3"\n  config = {\n    bucket         = "b",\n'
                '    key = "${path_relative_to_include()}/x"\n    use_lockfile = true\n  }\n}\n'
            ),
        ),
        (
            'remote_state {\n  config = { bucket = "b", dynamodb_table = "l" }\n}\n',
            'remote_state {\n  config = { bucket = "b", use_lockfile = true }\n}\n',
        ),
    ],
    ids=["lines", "one line"],
)
def test_terragrunt_keeps_its_layout(before: str, after: str) -> None:
    assert changed("terragrunt.hcl", before, TERRAGRUNT, *TO_LOCKFILE) == after


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        (
            BLOCK,
            '{"terraform": [{"backend": {"s3": {\n  "bucket": "b",\n  "dynamodb_table": "l"\n}}}]}',
            '{"terraform": [{"backend": {"s3": {\n  "bucket": "b",\n  "use_lockfile": true\n}}}]}',
        ),
        (PARTIAL, '{"dynamodb_table": "l"}\n', '{\n  "use_lockfile": true\n}\n'),
        (PARTIAL, '{"dynamodb_table": "l", "key": "k"}', '{"key": "k","use_lockfile": true}'),
        (PARTIAL, "{}", '{\n  "use_lockfile": true\n}'),
    ],
    ids=["lines", "all taken out", "one line", "empty"],
)
def test_json_keeps_its_layout(place: CodePlace, before: str, after: str) -> None:
    assert changed("main.tf.json", before, place, *TO_LOCKFILE) == after


@pytest.mark.parametrize(
    ("path", "text", "place", "words", "line"),
    [
        ("a.tf", 'terraform {\n  backend "s3" {', BLOCK, "it is not valid HCL", 0),
        ("a.tf", "terraform {}", BLOCK, 'there is no backend "s3"', 0),
        (
            "a.tf",
            'terraform {\n  backend "s3" {}\n  backend "s3" {}\n}',
            BLOCK,
            'there is more than one backend "s3"',
            3,
        ),
        ("a.hcl", "key = var.key\n", PARTIAL, "`key` is an expression", 1),
        ("a.hcl", 'key = "a${b}"\n', PARTIAL, "`key` is an expression", 1),
        ("a.hcl", 'key = "a"\nkey = "b"\n', PARTIAL, "`key` is there twice", 2),
        ("a.json", "{", PARTIAL, "it is not valid JSON", 0),
        ("a.json", '{"key": "a${b}"}', PARTIAL, "`key` is an expression", 1),
        ("a.json", '{"key": "a",\n"key": "b"}', PARTIAL, "`key` is there twice", 2),
        ("a.json", "[]", PARTIAL, "there is no partial file in it", 0),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(
    path: str, text: str, place: CodePlace, words: str, line: int
) -> None:
    change = ArgumentChange(name="key", value="new")
    refused = edit_arguments(path, text.encode(), place, [change])
    assert refused == EditRefused(words=words, line=line)


def test_bytes_that_are_no_text_stay_where_they_are() -> None:
    content = b'# caf\xe9\nbucket = "a" # \xff\xfe\n'
    done = edit_arguments("b.hcl", content, PARTIAL, [ArgumentChange(name="bucket", value="bb")])
    assert isinstance(done, EditedFile)
    assert done.content == b'# caf\xe9\nbucket = "bb" # \xff\xfe\n'


# Whatever the layout ------------------------------------------------------------------------------

NAMES = ("bucket", "key", "region", "dynamodb_table", "use_lockfile", "encrypt", "kms_key_id")
# `$$${` is read in more than one way, and then refused.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).filter(
    lambda text: "$${" not in text and "%%{" not in text
)
VALUES = st.one_of(TEXTS, st.booleans())
SPACES = st.sampled_from(["", " ", "  ", "\t"])
COMMENTS = st.sampled_from(["", " # c", " // c", " /* c */"])
NEWLINES = st.sampled_from(["\n", "\r\n"])
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), VALUES), min_size=1).map(
    lambda wanted: tuple(ArgumentChange(name=name, value=value) for name, value in wanted.items())
)


@st.composite
def bodies(draw: st.DrawFn, newline: str, indent: str, comma: str) -> str:
    lines = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        value = draw(VALUES)
        shown = hcl_literal(value)
        before, after = draw(SPACES), draw(SPACES)
        if draw(st.booleans()):
            lines.append(f"{indent}{draw(st.sampled_from(['# words', '', '/* two', '// ä']))}")
            if lines[-1].endswith("two"):
                lines[-1] += f"{newline}lines */"
        lines.append(f"{indent}{name}{before}={after}{shown}{comma}{draw(COMMENTS)}")
    return "".join(line + newline for line in lines)


def hcl_literal(value: str | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


@st.composite
def files(draw: st.DrawFn) -> tuple[str, CodePlace, bytes]:
    newline = draw(NEWLINES)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    place = draw(st.sampled_from(list(CodePlace)))
    match place:
        case CodePlace.PARTIAL_FILE:
            path, text = "b.tfbackend", draw(bodies(newline, "", ""))
        case CodePlace.BACKEND_BLOCK:
            inner = draw(bodies(newline, "    ", ""))
            path = "main.tf"
            text = f'terraform {{{newline}  backend "s3" {{{newline}{inner}  }}{newline}}}{newline}'
        case _:
            inner = draw(bodies(newline, "    ", draw(st.sampled_from(["", ","]))))
            path = "terragrunt.hcl"
            text = f"remote_state {{{newline}  config = {{{newline}{inner}  }}{newline}}}{newline}"
    return path, place, (mark + text).encode()


@given(files(), CHANGES)
def test_an_edit_makes_the_wanted_difference_and_no_other(
    file: tuple[str, CodePlace, bytes], changes: tuple[ArgumentChange, ...]
) -> None:
    path, place, content = file
    done = edit_arguments(path, content, place, changes)
    assert isinstance(done, EditedFile), (content, done)
    wanted = arguments_in(parse_hcl(content), place)
    for change in changes:
        wanted.pop(change.name, None)
        if change.value is not None:
            wanted[change.name] = Constant(change.value)
    assert arguments_in(parse_hcl(done.content), place) == wanted
    assert "".join(kept(content, done)) == "".join(kept_after(content, done))


def kept(content: bytes, done: EditedFile) -> Iterator[str]:
    """Give the bytes that no edit is about."""
    position = 0
    for edit in done.edits:
        yield content[position : edit.start].hex()
        position = edit.end
    yield content[position:].hex()


def kept_after(content: bytes, done: EditedFile) -> Iterator[str]:
    """Give the bytes of the result that no edit has put there."""
    position = shift = 0
    for edit in done.edits:
        yield done.content[position : edit.start + shift].hex()
        position = edit.start + shift + len(edit.text)
        shift += len(edit.text) - (edit.end - edit.start)
    yield done.content[position:].hex()
    assert len(done.content) == len(content) + shift


@given(
    st.dictionaries(st.sampled_from(NAMES), VALUES),
    CHANGES,
    st.sampled_from([None, 2, "\t"]),
    st.sampled_from([(), ("terraform", "backend", "s3")]),
)
def test_json_is_edited_alike(
    arguments: dict[str, str | bool],
    changes: tuple[ArgumentChange, ...],
    indent: int | str | None,
    path: tuple[str, ...],
) -> None:
    document: object = {
        name: value.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    for name in reversed(path):
        document = {name: document}
    place = CodePlace.BACKEND_BLOCK if path else CodePlace.PARTIAL_FILE
    content = json.dumps(document, indent=indent).encode()
    done = edit_arguments("x.tf.json", content, place, changes)
    assert isinstance(done, EditedFile), (content, done)
    wanted: dict[str, str | bool] = dict(arguments)
    for change in changes:
        wanted.pop(change.name, None)
        if change.value is not None:
            wanted[change.name] = change.value
    found = arguments_in(parse_json(done.content), place)
    assert found == {name: Constant(value) for name, value in wanted.items()}
