"""What a stage changes in the arguments of each root, what is in the way, and which roots change together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import Locking, StateUse
from holdfast.core.code_edits import ArgumentChange, ArgumentValue, CodePlace
from holdfast.core.locking_switch import LockingSwitch, SwitchedSetting, together
from holdfast.core.placed_changes import Obstacle, PlacedChange
from holdfast.core.repository import (
    Attribute,
    Computed,
    Configuration,
    Literal,
    LiteralValue,
    Origin,
    Root,
)
from holdfast.core.settings import Setting, settings_of
from holdfast.core.source import SourceSpan
from tests.rules.fleets import BUCKET, TABLE, backend, fleet, root
from tests.rules.partial_files import partial, partial_root, settings

Given: TypeAlias = "LiteralValue | Computed"
DYNAMODB, LOCKFILE, BOTH = Locking.DYNAMODB, Locking.LOCKFILE, Locking.BOTH


def switch(
    *roots: Root, stage: Locking, goal: Locking | None = None, table: str | None = TABLE
) -> LockingSwitch:
    code = fleet(*roots)
    return LockingSwitch(
        backend=code.backends[0] if code.backends else backend(),
        stage=stage,
        goal=goal or stage,
        table=table,
        settings=tuple(settings_of(code.repository)),
        backends=code.backends,
    )


def with_arguments(
    path: str, arguments: Mapping[str, Given], *, origin: Origin = Origin.BLOCK, file: str = ""
) -> Root:
    """Return a root whose bucket and key are in its block and whose other arguments are of an origin."""
    block = {"bucket": BUCKET, "key": f"{path}/state"}
    attributes = [
        _attribute(name, value, f"{path}/backend.tf", number, Origin.BLOCK)
        for number, (name, value) in enumerate(block.items(), start=3)
    ]
    attributes += [
        _attribute(name, value, file or f"{path}/backend.tf", number, origin)
        for number, (name, value) in enumerate(arguments.items(), start=5)
    ]
    return replace(root(path), configurations=(_configuration(attributes),))


def _configuration(attributes: list[Attribute]) -> Configuration:
    return replace(root().configurations[0], attributes=tuple(attributes))


def _attribute(name: str, value: Given, path: str, line: int, origin: Origin) -> Attribute:
    wrapped = value if isinstance(value, Computed) else Literal(value)
    return Attribute(name=name, value=wrapped, span=SourceSpan(path, line, 5), origin=origin)


def only(switched: LockingSwitch) -> Setting:
    (setting,) = switched.settings
    return setting


@pytest.mark.parametrize(
    ("arguments", "stage", "values"),
    [
        ({"dynamodb_table": "t"}, BOTH, {"use_lockfile": True}),
        ({"dynamodb_table": "t", "use_lockfile": False}, BOTH, {"use_lockfile": True}),
        ({"dynamodb_table": "t", "use_lockfile": "true"}, BOTH, {"use_lockfile": True}),
        ({"dynamodb_table": "t", "use_lockfile": True}, BOTH, {}),
        ({"dynamodb_table": "t", "use_lockfile": True}, LOCKFILE, {"dynamodb_table": None}),
        ({"dynamodb_table": "t", "use_lockfile": True}, DYNAMODB, {"use_lockfile": None}),
        ({"use_lockfile": True}, BOTH, {"dynamodb_table": TABLE}),
        ({"use_lockfile": True, "dynamodb_table": ""}, LOCKFILE, {"dynamodb_table": None}),
        ({}, BOTH, {"use_lockfile": True, "dynamodb_table": TABLE}),
    ],
)
def test_the_arguments_that_have_to_be_others(
    arguments: dict[str, Given], stage: Locking, values: dict[str, ArgumentValue | None]
) -> None:
    whole = switch(with_arguments("a", arguments), stage=stage)
    assert whole.values(only(whole)) == values


@pytest.mark.parametrize(
    ("origin", "place"),
    [
        (Origin.BLOCK, CodePlace.BACKEND_BLOCK),
        (Origin.PARTIAL_FILE, CodePlace.PARTIAL_FILE),
        (Origin.TERRAGRUNT, CodePlace.REMOTE_STATE),
    ],
)
@pytest.mark.parametrize("file", ["a/locking.tf.json", "a/locking.hcl"])
def test_an_argument_is_put_beside_the_table(origin: Origin, place: CodePlace, file: str) -> None:
    given_root = with_arguments("a", {"dynamodb_table": "t"}, origin=origin, file=file)
    whole = switch(given_root, stage=BOTH, goal=LOCKFILE)
    change = ArgumentChange(name="use_lockfile", value=True)
    placed = PlacedChange(path=file, place=place, change=change, line=5)
    assert whole.placed() == ((SwitchedSetting(setting=only(whole), changes=(placed,)),), ())


@pytest.mark.parametrize("origin", [Origin.ARGUMENT, Origin.ENVIRONMENT])
def test_what_is_given_on_a_command_line_is_in_the_way(origin: Origin) -> None:
    arguments: dict[str, Given] = {"dynamodb_table": "t", "use_lockfile": True}
    given_root = with_arguments("a", arguments, origin=origin, file="init.sh")
    words = f"`dynamodb_table` is given as an {origin}, and not in a file"
    obstacles = switch(given_root, stage=LOCKFILE).placed()[1]
    assert obstacles == (Obstacle(SourceSpan("init.sh", 5, 5), words),)


def test_what_is_new_is_put_into_a_file_though_others_are_given_on_a_command_line() -> None:
    arguments: dict[str, Given] = {"dynamodb_table": "t"}
    given_root = with_arguments("a", arguments, origin=Origin.ARGUMENT, file="init.sh")
    ((one,), obstacles) = switch(given_root, stage=BOTH).placed()
    assert [(each.path, each.line) for each in one.changes] == [("a/backend.tf", 3)]
    assert obstacles == ()


@pytest.mark.parametrize("name", ["dynamodb_table", "use_lockfile"])
def test_an_expression_is_in_the_way(name: str) -> None:
    arguments: dict[str, Given] = {"dynamodb_table": "t"} | {name: Computed("local.locking")}
    obstacles = switch(with_arguments("a", arguments), stage=BOTH).placed()[1]
    words = f"`{name}` is an expression: how it is locked cannot be told from the code"
    line = 5 if name == "dynamodb_table" else 6
    assert Obstacle(SourceSpan("a/backend.tf", line, 5), words) in obstacles


def test_a_key_that_cannot_be_read_is_in_the_way() -> None:
    given_root = partial_root("a", partial("a/a.hcl", {"bucket": BUCKET, "use_lockfile": True}))
    obstacles = switch(given_root, stage=BOTH).placed()[1]
    words = "its key cannot be read, so its states are not known"
    assert obstacles == (Obstacle(SourceSpan("a/a.hcl", 1, 1), words),)


def test_without_a_table_there_is_no_both() -> None:
    whole = switch(with_arguments("a", {"use_lockfile": True}), stage=BOTH, table=None)
    words = "no lock table is known for it: name one with `--table`"
    assert whole.placed()[1] == (Obstacle(SourceSpan("a/backend.tf", 3, 5), words),)


@pytest.mark.parametrize(
    ("table", "given", "key", "in_the_way"),
    [
        ("t", "t", "a/state", False),
        ("t", "arn:aws:dynamodb:us-east-1:1:table/t", "a/state", False),
        ("t", "second", "a/state", True),
        ("t", "second", "env:/dev/a/state", True),
        ("t", "second", "another/state", False),
    ],
)
def test_a_table_that_another_root_of_the_state_does_not_name_is_in_the_way(
    table: str, given: str, key: str, *, in_the_way: bool
) -> None:
    behind = with_arguments("a", {"use_lockfile": True})
    arguments: dict[str, Given] = {"use_lockfile": True, "dynamodb_table": given}
    other = with_arguments("b", arguments)
    (configuration,) = other.configurations
    moved = _attribute("key", key, "b/backend.tf", 4, Origin.BLOCK)
    attributes = [each for each in configuration.attributes if each.name != "key"]
    other = replace(other, configurations=(_configuration([*attributes, moved]),))
    whole = switch(behind, other, stage=BOTH, goal=DYNAMODB, table=table)
    words = f"its state is locked in table `{given}` by `b`: the two would not see each other in `{table}`"
    expected = (Obstacle(SourceSpan("a/backend.tf", 3, 5), words),) if in_the_way else ()
    assert whole.placed()[1] == expected


def test_a_table_in_a_file_of_a_root_that_stays_is_in_the_way() -> None:
    """One root of two that share a file is behind; what they share cannot become another for one alone."""
    shared = "shared.hcl"
    behind = with_arguments("a", {"dynamodb_table": "t"}, origin=Origin.PARTIAL_FILE, file=shared)
    ahead = with_arguments("b", {"dynamodb_table": "t"}, origin=Origin.PARTIAL_FILE, file=shared)
    own = _attribute("use_lockfile", value=True, path="b/backend.tf", line=9, origin=Origin.BLOCK)
    (configuration,) = ahead.configurations
    attributes = [*configuration.attributes, own]
    ahead = replace(ahead, configurations=(_configuration(attributes),))
    whole = switch(behind, ahead, stage=BOTH, goal=LOCKFILE)
    words = "`dynamodb_table` is that of `b` too"
    assert whole.placed()[1] == (Obstacle(SourceSpan(shared, 5, 5), words),)


def test_roots_of_other_backends_stay_as_they_are() -> None:
    other = root("b", settings=settings("b/state", bucket="other-bucket"))
    whole = switch(root("a"), other, stage=BOTH)
    assert [each.root.path for each in whole.switching] == ["a"]


STORE = "https://s3.example.com"


def behind(endpoint: str, path: str, key: str) -> Root:
    """Return a root that names the bucket by an endpoint of its own."""
    return root(path, settings={**settings(key), "endpoint": endpoint})


@pytest.mark.parametrize(
    ("one", "other"),
    [("a/state", "a/state"), ("a/state", "env:/dev/a/state"), ("env:/dev/a/state", "a/state")],
)
def test_a_state_of_two_backends_that_may_be_one_store_is_in_the_way(one: str, other: str) -> None:
    """One of the two would leave the only lock that the other takes."""
    roots = (root("a", settings=settings(one)), behind(STORE, "b", other))
    whole = switch(*roots, stage=BOTH, goal=LOCKFILE)
    assert len(whole.backends) == 2
    words = (
        "its state may be that of `b` too (b/backend.tf:4), which names the bucket by another endpoint: name it"
        " alike in both; if these are two stores, run it where only one of them is"
    )
    assert whole.placed()[1] == (Obstacle(SourceSpan("a/backend.tf", 4, 5), words),)
    turned = replace(whole, backend=whole.backends[1])
    (obstacle,) = turned.placed()[1]
    assert (obstacle.span, "`a` too (a/backend.tf:4)" in obstacle.words) == (
        SourceSpan("b/backend.tf", 4, 5),
        True,
    )


def test_buckets_of_one_name_in_two_stores_without_a_common_state_are_two() -> None:
    roots = (
        root("a", settings=settings("a/state")),
        behind(STORE, "b", "b/state"),
        root("c", settings=settings("b/state", bucket="other-bucket")),
    )
    assert switch(*roots, stage=BOTH, goal=LOCKFILE).placed()[1] == ()


def test_a_state_beside_a_backend_that_changes_nothing_is_in_nobodys_way() -> None:
    roots = (root("a", settings=settings("a/state")), behind(STORE, "b", "a/state"))
    assert switch(*roots, stage=DYNAMODB).placed() == ((), ())


def test_a_state_is_used_in_the_new_way_afterwards() -> None:
    whole = switch(with_arguments("a", {"use_lockfile": True}), stage=BOTH)
    use = whole.use_after(only(whole))
    assert use is not None
    assert (use.locking, use.table) == (BOTH, TABLE)


# Which roots change together --------------------------------------------------------------------------


def switched(number: int, key: str, files: frozenset[str]) -> SwitchedSetting:
    setting = next(settings_of(fleet(root(f"r{number}", settings=settings(key))).repository))
    change = ArgumentChange(name="use_lockfile", value=True)
    return SwitchedSetting(
        setting=setting,
        changes=tuple(
            PlacedChange(path=file, place=CodePlace.PARTIAL_FILE, change=change, line=1)
            for file in sorted(files)
        ),
    )


def use_of(each: SwitchedSetting) -> StateUse:
    use = each.setting.use
    assert use is not None
    return use


def marks(each: SwitchedSetting) -> set[str]:
    return {change.path for change in each.changes} | {use_of(each).key}


SWITCHED = st.lists(
    st.tuples(
        st.sampled_from([f"k{number}" for number in range(6)]),
        st.frozensets(st.sampled_from([f"f{number}" for number in range(8)]), max_size=2),
    ),
    max_size=8,
).map(lambda pairs: [switched(number, *pair) for number, pair in enumerate(pairs)])


@given(SWITCHED)
def test_groups_share_nothing_and_have_every_root_once(several: list[SwitchedSetting]) -> None:
    groups = together(several)
    assert sorted(id(each) for group in groups for each in group) == sorted(map(id, several))
    seen = [set().union(*map(marks, group)) for group in groups]
    for number, one in enumerate(seen):
        assert all(one.isdisjoint(other) for other in seen[number + 1 :])
    # Inside of a group everybody is led to everybody else by what they share: none could be split.
    for group in groups:
        reached = [group[0]]
        rest = list(group[1:])
        while found := [each for each in rest if any(marks(each) & marks(one) for one in reached)]:
            reached += found
            rest = [each for each in rest if each not in found]
        assert rest == []
    # In the order of the code, inside of groups and among them.
    order = {id(each): number for number, each in enumerate(several)}
    numbers = [[order[id(each)] for each in group] for group in groups]
    assert numbers == sorted(sorted(each) for each in numbers)


def test_a_state_that_is_another_roots_workspace_changes_with_it() -> None:
    """Otherwise one of the two would write without a digest that the other still reads."""
    one = switched(1, "app/state", frozenset({"a.tf"}))
    other = switched(2, "env:/dev/app/state", frozenset({"b.tf"}))
    third = switched(3, "env:/dev/other/state", frozenset({"c.tf"}))
    assert together([other, third, one]) == ((other, one), (third,))
