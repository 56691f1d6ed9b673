"""Attribute values of DynamoDB as text: whatever is stored comes back as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from holdfast.aws.attribute_values import attribute_json, attribute_of

names = st.text(max_size=3) | st.sampled_from(["B", "BS", "S"])
scalars = st.one_of(
    st.text(max_size=5).map(lambda text: {"S": text}),
    st.integers().map(lambda number: {"N": str(number)}),
    st.binary(max_size=5).map(lambda body: {"B": body}),
    st.lists(st.binary(max_size=3), min_size=1, max_size=3).map(lambda bodies: {"BS": bodies}),
    st.lists(st.text(max_size=3), min_size=1, max_size=3).map(lambda texts: {"SS": texts}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda members: {"L": members}),
        st.dictionaries(names, inner, max_size=3).map(lambda members: {"M": members}),
    ),
    max_leaves=6,
)


@given(values)
def test_a_value_comes_back_as_it_was(value: dict[str, object]) -> None:
    text = attribute_json(value)
    assert "\n" not in text
    assert attribute_of(text) == value
    assert attribute_json(attribute_of(text)) == text


def test_bytes_are_written_as_the_api_has_them() -> None:
    assert json.loads(attribute_json({"M": {"B": {"B": b"\xff\x00"}}})) == {
        "M": {"B": {"B": "/wA="}}
    }
