"""Whatever a repository looks like: what is inferred can be read, and gives no root another key than it has."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.app.adopt import proposal_for
from holdfast.core.components import components_of
from holdfast.core.declaration import Declaration
from holdfast.core.fleet import Fleet
from holdfast.core.grouping import backends_of
from holdfast.core.repository import (
    Attribute,
    BackendBlock,
    Certainty,
    Configuration,
    Literal,
    Origin,
    Place,
    Repository,
    Root,
)
from holdfast.core.source import SourceSpan
from holdfast.errors import BackendsUnusableError

HERE = Path("repository")
WORDS = st.sampled_from(
    [
        "dev",
        "prod",
        "net",
        "db",
        "azure",
        "eu-west-1",
        "us-east-1",
        "a.b",
        "x-dev",
        "Db",
        "ü",
        "a b",
        "a\x07b",
        "x\ny",
        'q"x',
        "x: y #z",
        "- a",
        "null",
        "0123",
        "{x}",
        "\u2028",
    ]
)
PATHS = st.lists(WORDS, max_size=4).map(lambda words: "/".join(words) or ".")
KEYS = st.lists(WORDS, min_size=1, max_size=4).map("/".join) | st.just("terraform.tfstate")
ARGUMENTS = st.fixed_dictionaries(
    {
        "bucket": st.sampled_from(["acme-states-dev", "acme-states-prod", "old", "Not_A_Bucket"]),
        "key": KEYS,
        "region": st.sampled_from(["eu-west-1", "us-east-1"]),
    },
    optional={
        "dynamodb_table": st.sampled_from(["acme-locks-dev", "acme-locks-prod"]),
        "use_lockfile": st.just("true"),
        "workspace_key_prefix": st.just("ws"),
    },
)
OTHER_BACKENDS = st.sampled_from(["gcs", "local"])


def root(path: str, ways: list[dict[str, str]], other: str | None) -> Root:
    span = SourceSpan(f"{path}/main.tf", 1)
    configurations = tuple(
        Configuration(
            label=f"{number}.hcl" if number else "",
            certainty=Certainty.CERTAIN,
            attributes=tuple(
                Attribute(name=name, value=Literal(value), span=span, origin=Origin.BLOCK)
                for name, value in way.items()
            ),
        )
        for number, way in enumerate(ways)
    )
    kind = other if other is not None else "s3"
    block = BackendBlock(type=kind, span=span, attributes=configurations[0].attributes)
    return Root(
        path=path,
        place=Place.LIVE,
        span=span,
        blocks=(block,),
        configurations=configurations,
    )


ROOTS = st.dictionaries(
    PATHS,
    st.tuples(st.lists(ARGUMENTS, min_size=1, max_size=2), st.none() | st.none() | OTHER_BACKENDS),
    min_size=1,
    max_size=8,
).map(lambda found: tuple(root(path, *found[path]) for path in sorted(found)))


def fleet_of(roots: tuple[Root, ...], declaration: Declaration | None = None) -> Fleet:
    repository = Repository(roots=roots)
    return Fleet(
        repository=repository,
        declaration=declaration,
        backends=backends_of(repository, declaration, region_default=None),
        observed=(),
        online=False,
    )


def keys_of(roots: tuple[Root, ...]) -> dict[str, set[tuple[str | None, str | None]]]:
    """Return the states of each S3 root, by its path."""
    return {
        each.path: {(one.text("bucket"), one.text("key")) for one in each.configurations}
        for each in roots
        if each.backend_type == "s3"
    }


@given(ROOTS)
@settings(deadline=None, max_examples=250)
def test_no_root_is_given_another_state_than_it_has(roots: tuple[Root, ...]) -> None:
    try:
        found = proposal_for(fleet_of(roots), HERE, accounts=("111111111111",))
    except BackendsUnusableError:
        return
    made = components_of(found.declaration, [each.path for each in roots])
    assert made.mistakes == ()
    states = keys_of(roots)
    for each in made.components:
        if each.root is not None and each.root in states:
            assert (each.backend.bucket, each.key) in states[each.root]
    covered = {(each.backend.bucket, each.key) for each in made.components}
    assert {(each.bucket, each.key) for each in found.roots} <= covered


@given(ROOTS)
@settings(deadline=None, max_examples=25)
def test_what_was_inferred_once_is_inferred_again(roots: tuple[Root, ...]) -> None:
    try:
        first = proposal_for(fleet_of(roots), HERE, accounts=("111111111111",))
    except BackendsUnusableError:
        return
    again = proposal_for(fleet_of(roots, first.declaration), HERE)
    assert again.disagreements == ()
    for one, other in (
        (first.declaration.naming, again.declaration.naming),
        (first.declaration.layout, again.declaration.layout),
    ):
        assert one == other
    assert [(each.name, each.bucket, each.table) for each in first.declaration.backends] == [
        (each.name, each.bucket, each.table) for each in again.declaration.backends
    ]
    assert {each.fields for each in first.declaration.components} == {
        each.fields for each in again.declaration.components
    }
