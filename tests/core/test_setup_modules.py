"""Which setup module owns a backend: by bucket, by table, by a region that only one can mean."""

import pytest

from holdfast.core.backends import Access, Backend, Locking
from holdfast.core.repository import CreatedKind, Creation, Place, Repository, SetupModule
from holdfast.core.setup_modules import (
    SetupComplete,
    SetupEmpty,
    SetupIncomplete,
    SetupMatch,
    SetupMissing,
    SetupNotKnown,
    setup_of,
    setup_words,
)
from holdfast.core.source import SourceSpan


def backend(bucket: str, *, table: str | None = None, region: str | None = "eu-west-1") -> Backend:
    return Backend(
        name=bucket,
        bucket=bucket,
        region=region,
        tables=(table,) if table is not None else (),
        locking=Locking.DYNAMODB if table is not None else Locking.LOCKFILE,
        access=Access(),
        account=None,
        declared=False,
        uses=(),
    )


def creation(kind: CreatedKind, name: str | None, address: str = "x.y") -> Creation:
    return Creation(
        kind=kind,
        address=address,
        name=name,
        expression="" if name is not None else "var.name",
        span=SourceSpan("setup/main.tf", 1, 1),
    )


def bucket_of(name: str | None) -> Creation:
    return creation(CreatedKind.BUCKET, name, "aws_s3_bucket.state")


def table_of(name: str | None) -> Creation:
    return creation(CreatedKind.LOCK_TABLE, name, "aws_dynamodb_table.locks")


def module(
    path: str,
    *creations: Creation,
    region: str | None = None,
    place: Place = Place.LIVE,
) -> SetupModule:
    return SetupModule(
        path=path,
        place=place,
        creations=creations,
        files=(f"{path}/main.tf",) if creations else (),
        backend_type="local",
        region=region,
    )


def match_of(owner: Backend, *modules: SetupModule, others: tuple[Backend, ...] = ()) -> SetupMatch:
    return setup_of(owner, (owner, *others), Repository(roots=(), setup_modules=modules))


STATE = backend("state", table="locks")


def test_a_module_with_the_bucket_and_the_table_is_complete() -> None:
    setup = module("setup", bucket_of("state"), table_of("locks"))
    assert match_of(STATE, module("other", bucket_of("x")), setup) == SetupComplete(module=setup)


def test_a_backend_without_a_table_needs_none() -> None:
    setup = module("setup", bucket_of("state"))
    assert match_of(backend("state"), setup) == SetupComplete(module=setup)


def test_a_module_without_the_table_is_incomplete() -> None:
    setup = module("setup", bucket_of("state"))
    expected = SetupIncomplete(module=setup, lacks=(CreatedKind.LOCK_TABLE,))
    assert match_of(STATE, setup) == expected


def test_a_table_of_another_name_is_not_the_table() -> None:
    setup = module("setup", bucket_of("state"), table_of("lock"))
    expected = SetupIncomplete(module=setup, lacks=(CreatedKind.LOCK_TABLE,))
    assert match_of(STATE, setup) == expected


def test_a_table_whose_name_is_an_expression_may_be_the_table() -> None:
    setup = module("setup", bucket_of("state"), table_of(None))
    assert match_of(STATE, setup) == SetupComplete(module=setup)


def test_two_modules_can_make_one_backend() -> None:
    tables, buckets = module("a", table_of("locks")), module("b", bucket_of("state"))
    assert match_of(STATE, tables, buckets) == SetupComplete(module=buckets)


def test_a_module_with_the_table_alone_lacks_the_bucket() -> None:
    setup = module("setup", table_of("locks"))
    expected = SetupIncomplete(module=setup, lacks=(CreatedKind.BUCKET,))
    assert match_of(STATE, setup) == expected


def test_a_well_known_module_makes_bucket_and_table() -> None:
    setup = module("setup", creation(CreatedKind.MODULE, "state", "module.backend"))
    assert match_of(STATE, setup) == SetupComplete(module=setup)


def test_a_well_known_module_that_names_its_table_makes_that_one() -> None:
    setup = module(
        "setup",
        creation(CreatedKind.MODULE, "state", "module.backend"),
        creation(CreatedKind.LOCK_TABLE, "other", "module.backend"),
    )
    expected = SetupIncomplete(module=setup, lacks=(CreatedKind.LOCK_TABLE,))
    assert match_of(STATE, setup) == expected


@pytest.mark.parametrize(
    "setup",
    [
        module("setup", bucket_of(None), table_of(None), region="eu-west-1"),
        module("regions/eu-west-1/setup", bucket_of(None), table_of(None)),
    ],
)
def test_a_region_decides_where_only_one_backend_and_one_module_have_it(
    setup: SetupModule,
) -> None:
    other = backend("other", region="us-east-1")
    assert match_of(STATE, setup, others=(other,)) == SetupComplete(module=setup)
    assert match_of(other, setup, others=(STATE,)) == SetupMissing()


def test_a_provider_goes_before_the_path() -> None:
    setup = module("eu-west-1/setup", bucket_of(None), table_of(None), region="us-east-1")
    assert match_of(STATE, setup) == SetupMissing()


def test_an_empty_directory_of_the_region_is_where_the_module_belongs() -> None:
    empty = module("regions/eu-west-1/setup")
    assert match_of(STATE, empty) == SetupEmpty(module=empty)


def test_a_module_goes_before_an_empty_directory_of_the_same_region() -> None:
    setup = module("a/eu-west-1", bucket_of(None), table_of(None))
    assert match_of(STATE, module("b/eu-west-1"), setup) == SetupComplete(module=setup)


def test_two_backends_in_one_region_leave_it_open_whose_module_it_is() -> None:
    setup = module("setup", bucket_of(None), region="eu-west-1")
    expected = SetupNotKnown(candidates=(setup,))
    assert match_of(STATE, setup, others=(backend("other"),)) == expected


def test_a_backend_whose_module_names_it_does_not_compete_for_the_region() -> None:
    named = module("a", bucket_of("other"), region="eu-west-1")
    setup = module("b", bucket_of(None), table_of(None), region="eu-west-1")
    found = match_of(STATE, named, setup, others=(backend("other"),))
    assert found == SetupComplete(module=setup)


def test_a_module_that_says_nothing_may_be_the_one() -> None:
    setup = module("bootstrap", bucket_of(None))
    assert match_of(STATE, setup) == SetupNotKnown(candidates=(setup,))


@pytest.mark.parametrize(
    "modules",
    [
        (),
        (module("setup", bucket_of("other"), region="eu-west-1"),),
        (module("regions/us-east-1/setup"),),
        (module("setup"),),
        (module("examples/setup", bucket_of("state"), place=Place.EXAMPLE),),
        (module("regions/xeu-west-1/setup"),),
    ],
)
def test_what_is_for_something_else_leaves_the_backend_without_a_module(
    modules: tuple[SetupModule, ...],
) -> None:
    assert match_of(STATE, *modules) == SetupMissing()


def test_a_backend_of_an_unknown_region_may_be_that_of_any_module_without_names() -> None:
    nowhere = backend("state", region=None)
    setup = module("setup", bucket_of(None), region="eu-west-1")
    assert match_of(nowhere, setup) == SetupNotKnown(candidates=(setup,))


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (SetupComplete(module=module("a")), "complete (a)"),
        (
            SetupIncomplete(module=module("a"), lacks=(CreatedKind.LOCK_TABLE,)),
            "incomplete (a): no lock table",
        ),
        (
            SetupIncomplete(module=module("a"), lacks=(CreatedKind.BUCKET, CreatedKind.LOCK_TABLE)),
            "incomplete (a): no bucket and no lock table",
        ),
        (SetupEmpty(module=module("a")), "empty (a)"),
        (SetupMissing(), "missing"),
        (SetupNotKnown(candidates=()), "unknown"),
    ],
)
def test_every_match_has_its_words(match: SetupMatch, words: str) -> None:
    assert setup_words(match) == words
