from dataclasses import replace

import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import LocalState, Place, SetupModule
from holdfast.core.source import SourceSpan
from holdfast.rules.local_state_in_repository import (
    ADVICE,
    ADVICE_ERRORED,
    local_state_in_repository,
)
from tests.rules.fleets import fleet, hits, root

STATE = LocalState(
    path="a/terraform.tfstate", serial=3, lineage="9c8b", resources=12, size_bytes=5000
)


def test_a_root_without_a_state_file_or_with_an_emptied_one_is_fine() -> None:
    emptied = replace(STATE, resources=0, size_bytes=0)
    code = fleet(root("a", local_states=(emptied,)), root("b"))
    assert hits(local_state_in_repository, code=code) == ()


def test_a_state_with_resources_is_named_with_what_identifies_it() -> None:
    assert hits(local_state_in_repository, code=fleet(root("a", local_states=(STATE,)))) == (
        Hit(
            message="`a/terraform.tfstate` holds a state with 12 resources",
            evidence=(
                Evidence(
                    label="state",
                    text="serial 3, lineage 9c8b",
                    span=SourceSpan("a/terraform.tfstate"),
                ),
                Evidence(label="root", text="`a` uses `s3`", span=SourceSpan("a")),
            ),
            advice=ADVICE,
            subject="a",
        ),
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (replace(STATE, resources=1), "a state with 1 resource"),
        (replace(STATE, resources=None, serial=None, lineage=""), "a state of 5000 bytes"),
    ],
)
def test_a_state_is_counted_as_far_as_it_can_be_read(state: LocalState, words: str) -> None:
    (hit,) = hits(local_state_in_repository, code=fleet(root("a", local_states=(state,))))
    assert hit.message == f"`a/terraform.tfstate` holds {words}"


def test_a_state_that_could_not_be_written_is_to_be_pushed() -> None:
    errored = replace(STATE, path="a/errored.tfstate")
    (hit,) = hits(local_state_in_repository, code=fleet(root("a", local_states=(errored,))))
    assert hit.advice == ADVICE_ERRORED


def test_setup_modules_and_examples_keep_their_states() -> None:
    module = SetupModule(
        path="a",
        place=Place.LIVE,
        creations=(),
        files=("a/main.tf",),
        backend_type="local",
        region=None,
    )
    code = fleet(
        root("a", local_states=(STATE,)),
        root("examples/b", local_states=(STATE,), place=Place.EXAMPLE),
        setup_modules=(module,),
    )
    assert hits(local_state_in_repository, code=code) == ()
