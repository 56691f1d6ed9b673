"""States that are one object, and keys that look alike."""

import string

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.backends import WORKSPACE_DEFAULT
from holdfast.core.keys import collisions, keys_alike
from holdfast.core.settings import Setting, settings_of
from tests.rules.fleets import BUCKET, fleet, root
from tests.rules.partial_files import partial, partial_root, settings

SEGMENT = st.text(string.ascii_lowercase + ":", min_size=1, max_size=2)
KEY = st.lists(SEGMENT, min_size=1, max_size=4).map("/".join)


def of_keys(*keys: str, prefix: str | None = None) -> list[Setting]:
    """Return the settings of one root per key."""
    roots = (
        root(str(number), settings=settings(key, workspace_key_prefix=prefix))
        for number, key in enumerate(keys)
    )
    return list(settings_of(fleet(*roots).repository))


@given(st.lists(KEY, max_size=6))
def test_equal_keys_collide_and_each_claim_is_kept(keys: list[str]) -> None:
    same = {
        collision.key: len(collision.claims)
        for collision in collisions(of_keys(*keys))
        if all(claim.workspace == WORKSPACE_DEFAULT for claim in collision.claims)
    }
    assert same == {key: keys.count(key) for key in keys if keys.count(key) > 1}


@given(key=KEY, prefix=st.one_of(KEY, st.just("")), workspace=SEGMENT)
def test_a_key_that_spells_a_workspace_always_collides_with_it(
    key: str, prefix: str, workspace: str
) -> None:
    literal = "/".join(each for each in (prefix, workspace, key) if each)
    found = collisions(of_keys(literal, key, prefix=prefix))
    assert [
        (collision.bucket, collision.key, [claim.workspace for claim in collision.claims])
        for collision in found
    ] == [(BUCKET, literal, [WORKSPACE_DEFAULT, workspace])]


def has_collision(*files: str) -> bool:
    """Tell whether files of one root, all with one key, are for several targets."""
    configurations = (partial(each, settings("one")) for each in files)
    code = fleet(partial_root("app", *configurations))
    return collisions(settings_of(code.repository)) != ()


def test_files_for_environments_regions_or_accounts_are_several_targets() -> None:
    assert has_collision("app/dev.hcl", "app/prod.hcl")
    assert has_collision("app/dev/backend.hcl", "app/stage/backend.hcl")
    assert has_collision("app/eu-west-1.hcl", "app/us-east-1.hcl")
    assert has_collision("app/111111111111.hcl", "app/222222222222.hcl")
    assert has_collision("app/dev-eu-west-1.hcl", "app/dev-us-east-1.hcl")
    assert has_collision("live/app/dev.hcl", "live/app/prod.hcl")


def test_files_whose_names_say_the_same_or_nothing_are_one_target() -> None:
    assert not has_collision("app/ci.hcl", "app/local.hcl")
    assert not has_collision("app/prod.hcl", "app/production.hcl")
    assert not has_collision("app/prod.hcl", "app/prod-ci.hcl")
    assert not has_collision("prod/app/backend.hcl", "prod/app/dev.hcl")


def test_keys_alike_differ_in_case_alone() -> None:
    assert keys_alike(["a/B", "a/b", "c", "A/b", "a/b"]) == (("a/B", "a/b", "A/b"),)
    assert keys_alike(["a", "b"]) == ()
