from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import CreatedKind, Creation, Place, SetupModule
from holdfast.core.source import SourceSpan
from holdfast.rules.setup_module_missing import setup_module_missing
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings

OTHER_ROOT = root(
    "other", settings=settings(bucket="other-state", region="us-east-1", dynamodb_table=None)
)

ADVICE = (
    "Write its code with `holdfast generate setup other-state --write`:"
    " `import` blocks name what is there already."
)


def setup_module(path: str, bucket: str | None = None) -> SetupModule:
    """Return a module that creates this bucket and some table, or an empty directory."""
    creations = tuple(
        Creation(
            kind=kind,
            address=f"{kind.name.lower()}.state",
            name=bucket if kind is CreatedKind.BUCKET else None,
            expression="",
            span=SourceSpan(f"{path}/main.tf", 1, 1),
        )
        for kind in (CreatedKind.BUCKET, CreatedKind.LOCK_TABLE)
    )
    return SetupModule(
        path=path,
        place=Place.LIVE,
        creations=creations if bucket is not None else (),
        files=(f"{path}/main.tf",) if bucket is not None else (),
        backend_type="local",
        region=None,
    )


PATTERN = setup_module("regions/eu-west-1/setup", BUCKET)


def test_backends_that_all_have_their_setup_modules_are_fine() -> None:
    code = fleet(
        root(), OTHER_ROOT, setup_modules=(PATTERN, setup_module("other/setup", "other-state"))
    )
    assert hits(setup_module_missing, code=code) == ()


def test_a_repository_without_any_setup_module_keeps_them_elsewhere() -> None:
    assert hits(setup_module_missing, code=fleet(root(), OTHER_ROOT)) == ()


def test_a_backend_without_setup_module_beside_one_that_has_it_is_named() -> None:
    code = fleet(root(), OTHER_ROOT, setup_modules=(PATTERN,))
    assert hits(setup_module_missing, code=code) == (
        Hit(
            message="no code creates `other-state`",
            evidence=(
                Evidence(
                    label="backend",
                    text="`other-state`",
                    span=SourceSpan("other/backend.tf", 3, 5),
                ),
                Evidence(
                    label="pattern",
                    text=f"`{BUCKET}` has one",
                    span=SourceSpan("regions/eu-west-1/setup"),
                ),
            ),
            advice=f"{ADVICE} `regions/eu-west-1/setup` shows how.",
            backend="other-state",
        ),
    )


def test_an_empty_directory_where_the_module_belongs_is_shown() -> None:
    empty = setup_module("regions/us-east-1/setup")
    code = fleet(root(), OTHER_ROOT, setup_modules=(PATTERN, empty))
    assert hits(setup_module_missing, code=code) == (
        Hit(
            message="the setup module of `other-state` is empty: `regions/us-east-1/setup`",
            evidence=(
                Evidence(
                    label="backend",
                    text="`other-state`",
                    span=SourceSpan("other/backend.tf", 3, 5),
                ),
                Evidence(
                    label="empty",
                    text="`regions/us-east-1/setup`",
                    span=SourceSpan("regions/us-east-1/setup"),
                ),
                Evidence(
                    label="pattern",
                    text=f"`{BUCKET}` has one",
                    span=SourceSpan("regions/eu-west-1/setup"),
                ),
            ),
            advice=f"{ADVICE} `regions/eu-west-1/setup` shows how.",
            backend="other-state",
        ),
    )


def test_an_empty_directory_is_named_even_where_no_module_shows_how() -> None:
    code = fleet(OTHER_ROOT, setup_modules=(setup_module("regions/us-east-1/setup"),))
    assert [hit.advice for hit in hits(setup_module_missing, code=code)] == [ADVICE]
