"""Where local states are, what their keys become, and what is said of a place that is not empty."""

import pytest

from holdfast.core.local_migration import (
    LocalPlaces,
    comparison_facts,
    kept_name,
    key_of,
    local_places,
    lock_note_name,
    may_continue,
    shared,
)
from holdfast.core.repository import (
    Attribute,
    AttributeValue,
    BackendBlock,
    CachedBackend,
    Computed,
    Literal,
    Origin,
    Place,
    Root,
)
from holdfast.core.source import SourceSpan
from holdfast.core.state_content import ReadState, StateHead

SPAN = SourceSpan("network/main.tf", 2)


def block(
    kind: str = "local", *, terragrunt: bool = False, **values: AttributeValue
) -> BackendBlock:
    return BackendBlock(
        type=kind,
        span=SPAN,
        attributes=tuple(
            Attribute(name=name, value=value, span=SPAN, origin=Origin.BLOCK)
            for name, value in values.items()
        ),
        terragrunt=terragrunt,
    )


def root(*blocks: BackendBlock, cache: CachedBackend | None = None) -> Root:
    return Root(path="network", place=Place.LIVE, span=SPAN, blocks=blocks, cache=cache)


def cached(
    path: str | None, workspaces: str | None = None, *, kind: str = "local"
) -> CachedBackend:
    config = {"path": path, "workspace_dir": workspaces}
    return CachedBackend(path="network/.terraform/terraform.tfstate", type=kind, config=config)


def state(serial: int, lineage: str = "ours", *, md5: str = "") -> ReadState:
    head = StateHead(
        format_version=4, engine_version="1.15.5", serial=serial, lineage=lineage, resource_count=1
    )
    return ReadState(content=head, size_bytes=100, md5=md5 or f"{lineage}-{serial}")


@pytest.mark.parametrize(
    ("given", "places"),
    [
        (root(), LocalPlaces()),
        (root(block()), LocalPlaces()),
        (root(block("s3")), LocalPlaces()),
        (root(block(path=Literal("own.tfstate"))), LocalPlaces(path="own.tfstate")),
        (root(block(workspace_dir=Literal("own"))), LocalPlaces(workspaces="own")),
        (root(cache=cached("own.tfstate")), LocalPlaces(path="own.tfstate")),
        (root(block("s3"), cache=cached(None, "own")), LocalPlaces(workspaces="own")),
        (root(block("s3"), cache=cached("own", kind="s3")), LocalPlaces()),
        (
            root(block(path=Computed("var.path"))),
            'an argument of its `backend "local"` is an expression',
        ),
        (root(block(), block("s3")), "it has several backend blocks"),
        (
            root(block(terragrunt=True)),
            "terragrunt makes its local backend: change `remote_state` to `s3` first",
        ),
        (
            root(block(path=Literal("new")), cache=cached("old")),
            "its block says `new`, and it is initialised with `old`: run `init`",
        ),
    ],
)
def test_where_a_root_keeps_its_local_states(given: Root, places: LocalPlaces | str) -> None:
    assert local_places(given) == places


def test_a_workspace_has_a_directory_of_its_own() -> None:
    places = LocalPlaces(path="own.tfstate", workspaces="/states/")
    assert places.path_of("default") == "own.tfstate"
    assert places.path_of("blue") == "/states/blue/terraform.tfstate"
    assert LocalPlaces().path_of("blue") == "terraform.tfstate.d/blue/terraform.tfstate"


def test_the_key_of_a_workspace_has_the_prefix_of_its_root() -> None:
    assert key_of("default", prefix="env:", key="a/b") == "a/b"
    assert key_of("blue", prefix="env:", key="a/b") == "env:/blue/a/b"
    assert key_of("blue", prefix="", key="a/b") == "blue/a/b"


def test_a_kept_file_is_called_after_its_serial() -> None:
    assert (
        kept_name("terraform.tfstate", 7, number=1) == "terraform.tfstate.migrated-to-s3-serial-7"
    )
    assert (
        kept_name("terraform.tfstate", 7, number=2) == "terraform.tfstate.migrated-to-s3-serial-7.2"
    )
    assert kept_name("terraform.tfstate", None, number=1) == "terraform.tfstate.migrated-to-s3"


def test_the_note_of_a_lock_is_hidden_as_the_engines_hide_it() -> None:
    assert lock_note_name("terraform.tfstate") == ".terraform.tfstate.lock.info"
    assert lock_note_name(".own.tfstate") == ".own.tfstate.lock.info"


@pytest.mark.parametrize(
    ("there", "may"),
    [
        (None, False),
        (state(8), True),
        (state(7, md5="other"), False),
        (state(6), False),
        (state(8, "theirs"), False),
    ],
)
def test_only_a_newer_state_of_the_same_lineage_may_go_on_from_here(
    there: ReadState | None, may: bool
) -> None:
    assert may_continue(state(7), there) is may


def test_states_without_a_lineage_tell_nothing() -> None:
    assert may_continue(state(7, ""), state(8, "")) is False


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (state(8), "a newer state of the same lineage, which never was what the local file holds"),
        (state(6), "an older state of the same lineage"),
        (state(7, md5="other"), "another content of the same lineage and serial"),
        (state(8, "theirs"), "another state: the lineages differ"),
    ],
)
def test_what_is_said_of_a_place_that_is_not_empty(there: ReadState, words: str) -> None:
    assert comparison_facts(state(7), there)[-1] == ("there is", words)


def test_who_comes_second_is_told_of_the_first() -> None:
    pairs = [("a", "x"), ("b", "y"), ("a", "x"), ("c", "x"), ("b", "x")]
    assert list(shared(pairs)) == [("c", "a"), ("b", "a")]
