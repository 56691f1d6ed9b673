"""A table that is named by its name and by its ARN is one table; of another place it is another."""

from dataclasses import replace

import pytest

from holdfast.core.backends import Access, Backend
from holdfast.core.grouping import backends_of
from holdfast.core.repository import Repository
from holdfast.core.table_spellings import distinct_tables, tables_beside, with_one_spelling
from tests.core.configurations import simple
from tests.rules.fleets import backend, use

HERE, OTHER = "111122223333", "444455556666"
NO_ACCESS = Access()
ROLE = Access(role_arn=f"arn:aws:iam::{HERE}:role/states")


def arn(name: str = "locks", *, account: str = HERE, region: str = "eu-west-1") -> str:
    return f"arn:aws:dynamodb:{region}:{account}:table/{name}"


def place(
    *tables: str,
    account: str | None = None,
    region: str | None = "eu-west-1",
    access: Access = NO_ACCESS,
    allowed: tuple[str, ...] = (),
) -> Backend:
    return backend(
        tables=tables,
        account=account,
        region=region,
        access=access,
        accounts_allowed=allowed,
        uses=tuple(use(table=each) for each in tables),
    )


@pytest.mark.parametrize(
    "of",
    [
        place(account=HERE),
        place(),
        place(region=None),
        place(allowed=(HERE, OTHER)),
        place(access=ROLE),
    ],
)
@pytest.mark.parametrize("tables", [("locks", arn()), (arn(), "locks"), (arn(), "locks", arn())])
def test_a_name_and_an_arn_are_one_table(tables: tuple[str, ...], of: Backend) -> None:
    assert distinct_tables(tables, of) == ("locks",)


@pytest.mark.parametrize(
    ("other", "of"),
    [
        (arn(account=OTHER), place(account=HERE)),
        (arn(account=OTHER), place(allowed=(HERE,))),
        (arn(account=OTHER), place(access=ROLE)),
        (arn(account=OTHER), replace(place(), accounts_forbidden=(OTHER,))),
        (arn(region="us-east-1"), place(account=HERE)),
        (arn(region="us-east-1"), place()),
        (arn("other"), place(account=HERE)),
        (f"{arn()}/index/x", place(account=HERE)),
        ("Locks", place(account=HERE)),
    ],
)
def test_a_table_of_another_place_or_name_is_another(other: str, of: Backend) -> None:
    assert distinct_tables(("locks", other), of) == ("locks", other)


def test_an_arn_alone_stays_as_it_is() -> None:
    assert distinct_tables((arn(),), place(account=HERE)) == (arn(),)


def test_a_name_that_may_be_one_of_two_arns_is_kept_beside_them() -> None:
    tables = ("locks", arn(), arn(account=OTHER))
    assert distinct_tables(tables, place()) == tables
    assert distinct_tables(tables, place(account=OTHER)) == ("locks", arn())


def test_the_uses_of_a_backend_are_spelled_as_its_tables() -> None:
    spelled = with_one_spelling(place(arn(), "locks", arn(account=OTHER), account=HERE))
    assert spelled.tables == ("locks", arn(account=OTHER))
    assert [each.table for each in spelled.uses] == ["locks", "locks", arn(account=OTHER)]


def test_backends_of_one_account_and_access_are_spelled_alike() -> None:
    by_arn, by_name = place(arn(), account=HERE), place("locks", account=HERE)
    assert with_one_spelling(by_arn, beside=(by_arn, by_name)).tables == ("locks",)


@pytest.mark.parametrize(
    "by_name",
    [
        place("locks", account=OTHER),
        place("locks"),
        place("locks", account=HERE, region="us-east-1"),
        place("locks", account=HERE, access=Access(profile="other")),
    ],
)
def test_other_backends_say_nothing_of_a_table(by_name: Backend) -> None:
    by_arn = place(arn(), account=HERE)
    assert with_one_spelling(by_arn, beside=(by_arn, by_name)) == by_arn


def test_backends_of_the_code_without_an_account_stay_apart() -> None:
    """The same credentials may reach a table of another account by its ARN alone."""
    one = simple("a", bucket="one", dynamodb_table="locks", region="eu-west-1")
    other = simple("b", bucket="other", dynamodb_table=arn(), region="eu-west-1")
    found = backends_of(Repository(roots=(one, other)), None, region_default=None)
    assert [each.tables for each in found] == [("locks",), (arn(),)]


def test_a_backend_of_the_code_has_each_table_once() -> None:
    roots = (
        simple("a", dynamodb_table=arn(), region="eu-west-1"),
        simple("b", dynamodb_table="locks", region="eu-west-1"),
    )
    (found,) = backends_of(Repository(roots=roots), None, region_default=None)
    assert (found.tables, [each.table for each in found.uses]) == (("locks",), ["locks"] * 2)


@pytest.mark.parametrize(
    ("own", "near", "beside"),
    [
        (("locks",), ("locks", arn(), "other"), ("other",)),
        ((arn(),), ("locks", arn(), "other"), ("other",)),
        ((), ("locks", arn()), ("locks",)),
        ((), (arn(),), (arn(),)),
        (("locks",), (arn(region="us-east-1"),), (arn(region="us-east-1"),)),
    ],
)
def test_the_table_of_a_state_is_not_beside_it_in_another_spelling(
    own: tuple[str, ...], near: tuple[str, ...], beside: tuple[str, ...]
) -> None:
    assert tables_beside(own, near, place()) == beside
