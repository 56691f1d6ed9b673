"""The values of what differs: only those that were asked for, and never what is sensitive."""

import json
from collections.abc import Mapping

import pytest

from holdfast.core.state_diff import diff_of
from holdfast.core.state_resources import ResourceReader
from holdfast.core.state_values import (
    SENSITIVE,
    JsonValue,
    SeenValue,
    SensitivePath,
    ValueReader,
    Values,
    redacted,
    shown_change,
)

SECRET = "hunter2"


def path(*steps: str | int) -> list[object]:
    first, *others = steps
    return [
        {"type": "get_attr", "value": first},
        *(
            {
                "type": "index",
                "value": {"value": each, "type": "number" if isinstance(each, int) else "string"},
            }
            for each in others
        ),
    ]


def state(
    attributes: Mapping[str, object],
    *,
    sensitive: object = (),
    outputs: dict[str, object] | None = None,
    flat: bool = False,
) -> bytes:
    instance: dict[str, object] = {"attributes_flat" if flat else "attributes": attributes}
    if sensitive is not None:
        instance["sensitive_attributes"] = sensitive
    resource = {"mode": "managed", "type": "aws_x", "name": "a", "instances": [instance]}
    document = {"version": 4, "serial": 1, "outputs": outputs or {}, "resources": [resource]}
    return json.dumps(document).encode()


def values(before: bytes, after: bytes) -> tuple[Values, Values]:
    """Return the values of both states that the command would show, read in small pieces."""
    readers = []
    for body in (before, after):
        reader = ResourceReader()
        reader.feed(body)
        readers.append(reader.finish())
    wanted = diff_of(*readers).wanted
    found = []
    for body in (before, after):
        again = ValueReader(wanted)
        for start in range(0, len(body), 7):
            again.feed(body[start : start + 7])
        found.append(again.finish())
    return found[0], found[1]


def shown(before: bytes, after: bytes) -> dict[str, tuple[str, str]]:
    old, new = values(before, after)
    return {
        f"{address} {name}": shown_change(address, name, old, new)
        for address, name in sorted({*old.seen, *new.seen})
    }


def test_values_of_changed_attributes_and_outputs_are_shown_and_no_others() -> None:
    before = state(
        {"size": 1, "same": SECRET, "tags": {"a": "é"}},
        outputs={"url": {"value": "x", "type": "string"}, "gone": {"value": 1.5}},
    )
    after = state(
        {"size": 2, "same": SECRET, "tags": {"a": "é", "b": [True]}},
        outputs={"url": {"value": "y", "type": "string"}, "new": {"value": None}},
    )
    assert shown(before, after) == {
        "aws_x.a size": ("1", "2"),
        "aws_x.a tags": ('{"a": "é"}', '{"a": "é", "b": [true]}'),
        "output.gone value": ("1.5", "(none)"),
        "output.new value": ("(none)", "null"),
        "output.url value": ('"x"', '"y"'),
    }
    assert SECRET not in repr(values(before, after))


@pytest.mark.parametrize(
    "sensitive",
    [
        [path("it")],
        [path("other"), path("it")],
        [[]],
        None,  # from before there were paths
        "something else",
        [["it"]],
        [[{"type": "get_attr", "value": 1}]],
    ],
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_what_is_sensitive_in_one_state_is_hidden_in_both(sensitive: object, side: str) -> None:
    of = {"before": (), "after": (), side: sensitive}
    found = shown(
        state({"it": f"{SECRET}1"}, sensitive=of["before"]),
        state({"it": f"{SECRET}2"}, sensitive=of["after"]),
    )
    assert found == {"aws_x.a it": (SENSITIVE, SENSITIVE)}


@pytest.mark.parametrize("flag", [True, "yes", 1])
def test_sensitive_outputs_are_hidden(flag: object) -> None:
    before, after = (
        state({}, outputs={"it": {"value": {"in": f"{SECRET}{n}"}, "sensitive": flag}})
        for n in (1, 2)
    )
    assert shown(before, after) == {"output.it value": (SENSITIVE, SENSITIVE)}


@pytest.mark.parametrize(
    "name",
    ["password", "master_password", "secretString", "api_key", "access_token", "private_key_pem"],
)
def test_what_is_named_as_a_secret_is_hidden_without_any_path(name: str) -> None:
    before, after = (state({name: f"{SECRET}{n}", "in": {name: f"{SECRET}{n}"}}) for n in (1, 2))
    assert SECRET not in str(shown(before, after))
    outputs = [state({}, outputs={name: {"value": f"{SECRET}{n}"}}) for n in (1, 2)]
    assert SECRET not in str(shown(*outputs))


@pytest.mark.parametrize(
    "name", ["private_ip", "key", "size", "pinned_version", "bucket_key_enabled"]
)
def test_what_is_not_is_shown(name: str) -> None:
    assert shown(state({name: "old"}), state({name: "new"})) == {
        f"aws_x.a {name}": ('"old"', '"new"')
    }


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_copy_of_what_is_sensitive_is_hidden_wherever_it_is(side: str) -> None:
    sensitive = [path("input", "in", 0)]
    attributes = {"input": {"in": [SECRET]}, "copy": "old", "list": ["shown"]}
    copied = {**attributes, "copy": SECRET, "list": ["shown", {"too": SECRET}]}
    other = state(attributes, sensitive=sensitive)
    with_copy = state(copied, sensitive=sensitive)
    pair = (with_copy, other) if side == "before" else (other, with_copy)
    found = shown(*pair)
    assert SECRET not in str(found)
    assert SENSITIVE in found["aws_x.a copy"]
    assert '"old"' in found["aws_x.a copy"]


def test_attributes_of_old_states_are_hidden() -> None:
    before, after = (state({"it": f"{SECRET}{n}"}, flat=True) for n in (1, 2))
    assert shown(before, after) == {"aws_x.a it": (SENSITIVE, SENSITIVE)}


@pytest.mark.parametrize(
    ("value", "sensitive", "expected"),
    [
        ({"a": 1, "b": 2}, [("a",)], {"a": SENSITIVE, "b": 2}),
        ({"a": {"b": 1, "c": 2}}, [("a", "b")], {"a": {"b": SENSITIVE, "c": 2}}),
        ([1, 2], [(0,)], [SENSITIVE, 2]),
        ([{"a": 1}, {"a": 2}], [(1, "a")], [{"a": 1}, {"a": SENSITIVE}]),
        ([1, 2], [("x",)], SENSITIVE),
        ({"a": 1}, [(0,)], SENSITIVE),
        ("text", [("a",)], SENSITIVE),
        ({"a": 1}, [("gone",)], {"a": 1}),
        ({"a": 1}, [], {"a": 1}),
    ],
)
def test_what_lies_at_or_under_a_path_is_replaced(
    value: JsonValue, sensitive: list[SensitivePath], expected: JsonValue
) -> None:
    assert redacted(value, sensitive) == expected


def test_long_values_are_cut() -> None:
    seen = {("a", "b"): SeenValue(value="x" * 500, sensitive=())}
    long, none = (Values(seen=each, secrets=frozenset()) for each in (seen, {}))
    old, new = shown_change("a", "b", long, none)
    assert (len(old), new) == (len("... (502 characters)") + 200, "(none)")


def test_what_is_no_state_is_refused_without_quoting_it() -> None:
    reader = ValueReader({})
    with pytest.raises(ValueError, match=r"^the state is not JSON$"):
        reader.feed(SECRET.encode())
