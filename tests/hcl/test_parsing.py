import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.repository import Computed, Literal, LiteralValue
from holdfast.hcl.evaluation import evaluate
from holdfast.hcl.json_parsing import parse_json
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import BlockSyntax, SyntaxProblem


def value_of(text: str) -> Literal | Computed:
    parsed = parse_hcl(f"x = {text}\n".encode())
    assert parsed.problem is None
    (attribute,) = parsed.body.attributes
    return evaluate(attribute.expression)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('""', ""),
        ('"  padded  "', "  padded  "),
        (
            r'"quote \" tab \t line \n back \\ e-acute \u00e9 \U0001F600"',
            'quote " tab \t line \n back \\ e-acute é 😀',
        ),
        ('"$${literal} %%{literal}"', "${literal} %{literal}"),
        ('"costs $5 and 7%"', "costs $5 and 7%"),
        ("<<EOT\nhello\n there\nEOT", "hello\n there\n"),
        ("<<-EOT\n    a\n      b\n    EOT", "a\n  b\n"),
        ("<<EOT\nEOT", ""),
        ("true", True),
        ("false", False),
        ("null", None),
        ("42", 42),
        ("-1.5", -1.5),
        ("1.5e3", 1500.0),
        ('("in brackets")', "in brackets"),
        ('["a", "b", 3,]', ("a", "b", 3)),
        ('{ s3 = "x", "dynamodb" : "y" }', {"s3": "x", "dynamodb": "y"}),
        ("[]", ()),
        ("{}", {}),
    ],
)
def test_literals_have_their_value(text: str, value: LiteralValue) -> None:
    assert value_of(text) == Literal(value)


@pytest.mark.parametrize(
    "text",
    [
        "var.bucket",
        'lower("A")',
        '"a-${var.name}"',
        '"%{ if true }a%{ endif }"',
        "1 + 2",
        'true ? "a" : "b"',
        '["a", var.b]',
        "{ s3 = var.endpoint }",
        '{ (var.key) = "x" }',
        "[for x in y : x]",
        'local.names["dev"]',
        '"unclear $$${x}"',
    ],
)
def test_everything_else_stays_an_expression(text: str) -> None:
    assert value_of(text) == Computed(text)


def test_a_heredoc_with_a_variable_stays_an_expression() -> None:
    assert value_of("<<EOT\na ${var.x}\nEOT") == Computed("<<EOT a ${var.x} EOT")


def test_places_are_counted_in_characters_from_one() -> None:
    parsed = parse_hcl('# ä\n/* ä */ terraform {\n\n  backend "s3" { key = "k" }\n}\n'.encode())
    (terraform,) = parsed.body.blocks
    (backend,) = terraform.body.blocks
    (key,) = backend.body.attributes
    assert (terraform.line, terraform.column) == (2, 9)
    assert (backend.line, backend.column) == (4, 3)
    assert (key.line, key.column) == (4, 18)


def test_comments_beside_a_backend_are_kept_and_secrets_in_them_are_not() -> None:
    source = """
# unrelated

# Phase 1: keep the legacy path,
// see STATE_MIGRATION.md \x1b[31m
terraform {
  backend "s3" {
    bucket = "b" # shared on purpose
    # secret_key = "hunter2"
    /* two
       lines */
  }
}
"""
    (terraform,) = parse_hcl(source.encode()).body.blocks
    assert terraform.body.blocks[0].comments == (
        "Phase 1: keep the legacy path,",
        "see STATE_MIGRATION.md \ufffd[31m",
        "shared on purpose",
        "two",
        "lines",
    )


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbfterraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n',
        b'terraform {\r\n  backend "s3" {\r\n    bucket = "b"\r\n  }\r\n}\r\n',
        b'# caf\xe9\nterraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n',
        b'terraform { backend "s3" { bucket = "b" } }',
        b'terraform {\n backend s3 {\n bucket = "b"\n }\n}',
        b'terraform {\n backend /* kind */ "s3" {\n bucket = "b"\n }\n}',
    ],
    ids=["byte order mark", "line ends", "latin-1", "one line", "bare label", "comment"],
)
def test_odd_files_are_read_all_the_same(content: bytes) -> None:
    parsed = parse_hcl(content)
    assert parsed.problem is None
    (terraform,) = parsed.body.blocks
    assert [shape(each) for each in terraform.body.blocks] == [
        ("backend", ("s3",), {"bucket": "b"})
    ]


def shape(block: BlockSyntax) -> tuple[str, tuple[str, ...], dict[str, LiteralValue]]:
    values = {each.name: evaluate(each.expression) for each in block.body.attributes}
    literals = {name: v.value for name, v in values.items() if isinstance(v, Literal)}
    return block.type, block.labels, literals


def test_what_stands_outside_of_a_broken_place_is_still_read() -> None:
    source = b'terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n\nresource "x" "y" {\n  a = = 1\n}\n'
    parsed = parse_hcl(source, wanted=frozenset({"terraform"}))
    assert parsed.problem == SyntaxProblem(8, 7, "not valid HCL at `= 1`")
    (terraform,) = parsed.body.blocks
    assert shape(terraform.body.blocks[0]) == ("backend", ("s3",), {"bucket": "b"})


def test_an_unclosed_block_is_a_problem_and_is_read_as_far_as_it_goes() -> None:
    parsed = parse_hcl(b'terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n')
    assert parsed.problem == SyntaxProblem(5, 1, "not valid HCL: something is not closed")
    (terraform,) = parsed.body.blocks
    assert shape(terraform.body.blocks[0]) == ("backend", ("s3",), {"bucket": "b"})


@pytest.mark.parametrize(
    ("bucket", "problem"),
    [
        ('"b', SyntaxProblem(3, 14, 'not valid HCL at `"b`')),
        (r'"b\q"', SyntaxProblem(3, 15, r'not valid HCL at `b\q"`')),
    ],
    ids=["unclosed string", "unknown escape"],
)
def test_the_place_of_a_mistake_is_close(bucket: str, problem: SyntaxProblem) -> None:
    source = f'terraform {{\n  backend "s3" {{\n    bucket = {bucket}\n    key = "k"\n  }}\n}}\n'
    assert parse_hcl(source.encode()).problem == problem


def test_binary_content_is_a_problem_and_nothing_else() -> None:
    parsed = parse_hcl(b"\0GITCRYPT\0backend")
    assert parsed.problem == SyntaxProblem(0, 0, "binary or encrypted content")
    assert parsed.body.blocks == ()


@pytest.mark.parametrize("mark", [b"[", b"{", b"(", b'"${', b"a = [", b"x {"])
def test_deep_nesting_is_survived(mark: bytes) -> None:
    parsed = parse_hcl(b"x = " + mark * 5000)
    assert parsed.problem is not None


def test_json_is_read_with_its_places() -> None:
    source = """{
  "//": "a note",
  "terraform": [{
    "backend": {"s3": {"bucket": "b", "key": "${var.key}", "encrypt": true,
      "assume_role": {"role_arn": "r"}, "//": "beside"}},
    "cloud": {"organization": "o"}
  }]
}"""
    parsed = parse_json(source.encode())
    (terraform,) = parsed.body.blocks
    backend, cloud = terraform.body.blocks
    assert parsed.problem is None
    assert (backend.type, backend.labels, backend.line) == ("backend", ("s3",), 4)
    assert backend.comments == ("beside",)
    assert (cloud.type, cloud.labels) == ("cloud", ())
    values = {
        each.name: (evaluate(each.expression), each.line, each.column)
        for each in backend.body.attributes
    }
    assert values == {
        "bucket": (Literal("b"), 4, 24),
        "key": (Computed("${var.key}"), 4, 39),
        "encrypt": (Literal(value=True), 4, 60),
        "assume_role": (Literal({"role_arn": "r"}), 5, 7),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", SyntaxProblem(1, 1, "not valid JSON at `the end of the file`")),
        ('{\n "a": }', SyntaxProblem(2, 7, "not valid JSON at `}`")),
        ('{"a" 1}', SyntaxProblem(1, 7, "`:` is missing")),
        ('{"a": 1 "b": 2}', SyntaxProblem(1, 12, "`,` or `}` is missing")),
        ('{"a": [1 2]}', SyntaxProblem(1, 11, "`,` or `]` is missing")),
        ("{1: 2}", SyntaxProblem(1, 2, "a name in quotes is missing")),
        ("{} x", SyntaxProblem(1, 4, "text after the end of the JSON document")),
        ('{"a": "\\q"}', SyntaxProblem(1, 7, "a string with an escape that is not JSON's")),
        ("[" * 100, SyntaxProblem(1, 63, "nested too deeply")),
        ("]", SyntaxProblem(1, 1, "not valid JSON at `]`")),
    ],
)
def test_broken_json_is_a_problem_with_its_place(text: str, problem: SyntaxProblem) -> None:
    assert parse_json(text.encode()).problem == problem


# Terraform leaves it open what a dollar before an escaped dollar means; nobody writes it.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(
    lambda text: text.replace("$${", "{").replace("%%{", "{")
)
NAMES = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12).filter(
    lambda name: name not in {"true", "false", "null", "for", "_"}
)
VALUES = st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-(10**12), 10**12))


def as_hcl(value: LiteralValue) -> str:
    match value:
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            escaped = escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
            escaped = escaped.replace("${", "$${").replace("%{", "%%{")
            return f'"{escaped}"'
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case tuple():
            return "[" + ", ".join(as_hcl(each) for each in value) + "]"
        case _:
            return str(value)


@given(st.dictionaries(NAMES, st.one_of(VALUES, st.lists(VALUES, max_size=3).map(tuple))))
def test_a_generated_backend_is_read_as_it_was_written(values: dict[str, LiteralValue]) -> None:
    lines = [f"    {name} = {as_hcl(value)}" for name, value in values.items()]
    source = "\n".join(["terraform {", '  backend "s3" {', *lines, "  }", "}", ""])
    parsed = parse_hcl(source.encode())
    assert parsed.problem is None
    (terraform,) = parsed.body.blocks
    (backend,) = terraform.body.blocks
    read = {
        each.name: (evaluate(each.expression), each.line, each.column)
        for each in backend.body.attributes
    }
    assert read == {
        name: (Literal(value), number, 5) for number, (name, value) in enumerate(values.items(), 3)
    }


@given(
    st.one_of(
        st.binary(),
        st.text(st.sampled_from('backend s3{}[]()"$%\\=\n<-EOT.:,#/*uU0')).map(str.encode),
    )
)
def test_no_content_makes_the_parsers_raise(content: bytes) -> None:
    for parsed in (parse_hcl(content), parse_json(content)):
        for attribute in parsed.body.attributes:
            evaluate(attribute.expression)
