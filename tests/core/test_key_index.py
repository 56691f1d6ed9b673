"""The index says of a key what asking every use says."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.key_index import KeyIndex
from tests.rules.fleets import use

SEGMENTS = st.sampled_from(["", "a", "b", "env:"])
KEYS = st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join)
PREFIXES = st.sampled_from(["", "env:", "a", "a/b"])


@given(st.lists(st.tuples(PREFIXES, KEYS), max_size=4), KEYS)
def test_it_finds_the_uses_of_a_key_and_no_others(
    entries: list[tuple[str, str]], found: str
) -> None:
    uses = [use(workspace_prefix=prefix, key=key) for prefix, key in entries]
    index = KeyIndex((each.workspace_prefix, each.key, number) for number, each in enumerate(uses))
    expected = {number for number, each in enumerate(uses) if each.is_of(found)}
    assert set(index.of(found)) == expected


def test_a_key_and_its_workspaces_are_found() -> None:
    index = KeyIndex([("env:", "a/x", "first"), ("", "x", "second")])
    found = {key: list(index.of(key)) for key in ("a/x", "env:/dev/a/x", "dev/x", "env:/a/b/a/x")}
    assert found == {
        "a/x": ["first", "second"],
        "env:/dev/a/x": ["first"],
        "dev/x": ["second"],
        "env:/a/b/a/x": [],
    }
