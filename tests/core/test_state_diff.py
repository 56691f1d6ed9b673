"""Two states compared: addresses and names of attributes, and never a value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.state_diff import ChangedResource, StateDiff, diff_of
from holdfast.core.state_resources import ResourceInstance, ResourceReader


def state(*resources: object) -> bytes:
    document = {
        "version": 4,
        "terraform_version": "1.15.5",
        "serial": 1,
        "lineage": "l",
        "outputs": {"instances": {"value": [{"attributes": {"a": 1}}], "type": "string"}},
        "resources": list(resources),
        "check_results": None,
    }
    return json.dumps(document, indent=2).encode()


def resource(name: str, *instances: object, **more: str) -> object:
    fields = {"mode": "managed", "type": "aws_x", "name": name, "provider": "p"}
    return {**more, **fields, **more, "instances": list(instances)}


def instance(index: str | int | None = None, **attributes: object) -> object:
    named = {} if index is None else {"index_key": index}
    return {**named, "schema_version": 0, "attributes": attributes, "sensitive_attributes": []}


def read(body: bytes, *, pieces_of: int = 50) -> dict[str, ResourceInstance]:
    reader = ResourceReader()
    for start in range(0, len(body), pieces_of):
        reader.feed(body[start : start + pieces_of])
    return dict(reader.finish())


BEFORE = state(
    resource("gone", instance(id="1")),
    resource("many", instance(0, id="1"), instance("key", id="2", tags={"a": ["b"]})),
    resource("same", instance(id="1", password="hunter2")),
    resource("in", instance(id="1"), module='module.net["x"]'),
    resource("seen", instance(id="1"), mode="data"),
)
AFTER = state(
    resource("many", instance(0, id="1"), instance("key", id="3", tags={"a": ["c"]}, more=1)),
    resource("same", instance(id="1", password="hunter2")),
    resource("in", instance(id="1"), module='module.net["x"]'),
    resource("seen", instance(id="2"), mode="data"),
    resource("new", instance(id="1")),
)


def test_addresses_are_those_of_the_engines() -> None:
    assert list(read(BEFORE)) == [
        "output.instances",
        "aws_x.gone",
        "aws_x.many[0]",
        'aws_x.many["key"]',
        "aws_x.same",
        'module.net["x"].aws_x.in',
        "data.aws_x.seen",
    ]


def test_what_differs_is_told_by_address_and_attribute() -> None:
    assert diff_of(read(BEFORE), read(AFTER)) == StateDiff(
        added=("aws_x.new",),
        removed=("aws_x.gone",),
        changed=(
            ChangedResource(address='aws_x.many["key"]', attributes=("id", "more", "tags")),
            ChangedResource(address="data.aws_x.seen", attributes=("id",)),
        ),
        unchanged_count=4,
    )


def test_a_state_does_not_differ_from_itself() -> None:
    assert diff_of(read(BEFORE), read(BEFORE, pieces_of=7)).is_empty


def test_no_value_is_kept() -> None:
    assert "hunter2" not in repr(read(BEFORE))


@pytest.mark.parametrize("body", [b"hunter2", BEFORE[:-5]])
def test_what_is_no_state_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the state is not JSON$"):
        read(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_two_values_have_one_digest_only_if_they_are_the_same(one: object, other: object) -> None:
    first, second = (
        read(state(resource("a", instance(v=one)))),
        read(state(resource("a", instance(v=other)))),
    )
    # JSON tells 1 from true and 0 from false, which Python does not.
    same = json.dumps(one) == json.dumps(other)
    assert diff_of(first, second).is_empty is same
