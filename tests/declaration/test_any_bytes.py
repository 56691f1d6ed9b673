"""Whatever a file holds, reading it ends in a declaration or in an error with words."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from holdfast.declaration.reading import read_declaration
from holdfast.errors import DeclarationInvalidError
from tests.declaration.files import NAME, WHOLE

ANY_FILE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SCALARS = st.sampled_from(
    [
        "1",
        "no",
        "~",
        "''",
        '"{organization}"',
        '"{component:lower}[/{platform:9}]"',
        "[{component: dev, environment: dev}]",
        "eu-west-1",
        "dev",
        "'111111111111'",
        "*a",
        "&a x",
        "!t x",
    ]
)
KEYS = st.sampled_from(
    [
        "version",
        "organization",
        "naming",
        "bucket",
        "lock_table",
        "accounts",
        "id",
        "role",
        "backends",
        "account",
        "region",
        "locking",
        "account_regional",
        "tags",
        "kms_key",
        "baseline",
        "encryption",
        "noncurrent_versions",
        "keep",
        "environments",
        "layout",
        "roots",
        "setup",
        "file",
        "fields",
        "components",
        "key",
        "pipeline",
        "environment",
        "platform",
        "component",
        "ignore",
        "rule",
        "reason",
        "root",
        "dev",
    ]
)
FLOWS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda each: f"[{', '.join(each)}]")
        | st.lists(st.tuples(KEYS, inner), max_size=6).map(
            lambda each: "{" + ", ".join(f"{key}: {value}" for key, value in each) + "}"
        )
    ),
    max_leaves=25,
)


def read(directory: Path, content: bytes) -> None:
    path = directory / NAME
    path.write_bytes(content)
    mistakes: tuple[tuple[str, str], ...] = ()
    try:
        read_declaration(path)
    except DeclarationInvalidError as error:
        mistakes = error.facts
    assert all(place.startswith(f"{path}:") and words for place, words in mistakes)
    assert len(mistakes) == len(set(mistakes))


@ANY_FILE
@given(st.binary(max_size=200))
@example(b"%YAML 9.9\n---\na")
@example(b"? ? ? ?")
@example(b"a: \xed\xa0\x80")
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    read(tmp_path, content)


@ANY_FILE
@given(st.text(alphabet="ab1:-?[]{},&*!|>'\"%@` \n\t#\\<\x85\u2028é😀", max_size=60))
def test_any_text_that_looks_like_yaml(tmp_path: Path, text: str) -> None:
    read(tmp_path, text.encode())


@ANY_FILE
@given(st.lists(st.tuples(KEYS, FLOWS), max_size=6))
def test_any_tree_of_known_settings(tmp_path: Path, entries: list[tuple[str, str]]) -> None:
    read(tmp_path, "".join(f"{key}: {value}\n" for key, value in entries).encode())


@ANY_FILE
@given(st.data())
def test_a_declaration_with_a_piece_cut_out_or_put_in(tmp_path: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(start + 40, len(WHOLE))))
    piece = data.draw(SCALARS | KEYS | st.text(alphabet=" \n:{}[]'\"", max_size=4))
    read(tmp_path, f"{WHOLE[:start]}{piece}{WHOLE[end:]}".encode())
