"""Where each state that fits a pattern is moved to, and what is wrong with those that cannot be."""

from holdfast.app.move_candidates import ways_by_pattern
from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.move_patterns import MoveRename, rename_of
from holdfast.core.state_naming import StateName, path_of


def backend(name: str) -> Backend:
    return Backend(
        name=name,
        bucket=f"{name}-states",
        region="eu-west-1",
        tables=(),
        locking=Locking.LOCKFILE,
        access=Access(),
        account=None,
        declared=True,
        uses=(),
    )


DEV, PROD = backend("dev"), backend("prod")
STATES = (
    StateName(backend=DEV, key="net/x"),
    StateName(backend=DEV, key="net/y"),
    StateName(backend=PROD, key="net/x"),
    StateName(backend=PROD, key="other"),
)


def ways(old: str, new: str) -> tuple[list[str], list[tuple[str, str]]]:
    rename = rename_of(old, new)
    assert isinstance(rename, MoveRename)
    found, mistakes = ways_by_pattern(STATES, rename, backends=(DEV, PROD))
    return [f"{each.path} -> {path_of(each.target)}" for each in found], list(mistakes)


def test_a_key_stays_in_its_bucket() -> None:
    assert ways("net/*", "network/*") == (
        [
            "dev-states/net/x -> dev-states/network/x",
            "dev-states/net/y -> dev-states/network/y",
            "prod-states/net/x -> prod-states/network/x",
        ],
        [],
    )


def test_a_pattern_can_name_buckets() -> None:
    assert ways("dev-states/net/{name}", "prod-states/from-dev/{name}") == (
        [
            "dev-states/net/x -> prod-states/from-dev/x",
            "dev-states/net/y -> prod-states/from-dev/y",
        ],
        [],
    )


def test_what_would_stay_has_no_way() -> None:
    assert ways("net/*", "net/*") == ([], [])


def test_a_key_that_none_can_have_is_a_mistake() -> None:
    found, mistakes = ways("net/{name}", "{name}/")
    assert found == []
    assert [path for path, _ in mistakes] == [
        "dev-states/net/x",
        "dev-states/net/y",
        "prod-states/net/x",
    ]
    assert "begins or ends with `/`" in mistakes[0][1]


def test_a_value_that_is_missing_is_a_mistake() -> None:
    assert ways("{name}[/{more}]", "{more}/{name}")[1] == [
        ("prod-states/other", "`more` has no value")
    ]
