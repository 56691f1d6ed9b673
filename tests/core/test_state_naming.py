"""Which states a name means for a hold: one by its key, all of a root, all that a pattern fits."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Access, Backend
from holdfast.core.state_naming import StateName, states_named
from holdfast.errors import StateAmbiguousError, StateUnknownError
from tests.support.observation import backend_of

KEYS = ("network/dev/terraform.tfstate", "network/prod/terraform.tfstate", "dns/terraform.tfstate")


def with_keys(name: str, *keys: str) -> Backend:
    return backend_of(bucket=name, access=Access(), table="locks", keys=keys)


STATES = with_keys("states", *KEYS)


def named(name: str, *backends: Backend) -> list[str]:
    return [state.key for state in states_named(name, backends or (STATES,))]


@pytest.mark.parametrize(
    "name",
    [
        KEYS[0],
        f"states/{KEYS[0]}",
        f"s3://states/{KEYS[0]}.tflock",
        STATES.uses[0].root_path,
        f"./{STATES.uses[0].root_path}/",
    ],
)
def test_a_state_goes_by_its_key_its_path_and_its_root(name: str) -> None:
    assert named(name) == [KEYS[0]]


def test_a_workspace_that_nobody_knows_goes_by_its_whole_key() -> None:
    assert named(f"env:/blue/{KEYS[0]}") == [f"env:/blue/{KEYS[0]}"]


def test_a_root_means_every_workspace_that_is_known() -> None:
    use = replace(STATES.uses[0], workspaces=("blue",))
    backend = replace(STATES, uses=(use,))
    assert named(use.root_path, backend) == [KEYS[0], f"env:/blue/{KEYS[0]}"]


def test_a_pattern_means_all_that_it_fits_in_every_backend() -> None:
    other = with_keys("others", KEYS[1])
    assert states_named("network/*", (STATES, other)) == (
        StateName(backend=STATES, key=KEYS[0]),
        StateName(backend=STATES, key=KEYS[1]),
        StateName(backend=other, key=KEYS[1]),
    )
    assert named("states/*", STATES, other) == list(KEYS)


def test_a_pattern_that_fits_nothing_and_a_key_that_is_none_are_unknown() -> None:
    for name in ("app/*", "network/stage/terraform.tfstate", ""):
        with pytest.raises(StateUnknownError):
            named(name)


def test_a_key_of_two_backends_is_ambiguous() -> None:
    with pytest.raises(StateAmbiguousError) as ambiguous:
        named(KEYS[0], STATES, with_keys("others", KEYS[0]))
    assert ambiguous.value.facts == (("others", KEYS[0]), ("states", KEYS[0]))
