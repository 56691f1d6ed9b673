import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import Computed, LiteralValue, Place
from holdfast.core.source import SourceSpan
from holdfast.rules.backend_not_locked import backend_not_locked
from tests.rules.fleets import BUCKET, TABLE, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings

WITHOUT = "neither `dynamodb_table` nor `use_lockfile = true`"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dynamodb_table": None, "use_lockfile": True},
        {"dynamodb_table": None, "use_lockfile": "true"},
        {"use_lockfile": True},
    ],
)
def test_a_root_with_a_lock_is_fine(changes: dict[str, LiteralValue]) -> None:
    code = fleet(root("a", settings=settings(**changes)))
    assert hits(backend_not_locked, code=code) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"dynamodb_table": None},
        {"dynamodb_table": ""},
        {"dynamodb_table": None, "use_lockfile": False},
    ],
)
def test_a_root_without_a_lock_is_named_with_its_place(changes: dict[str, LiteralValue]) -> None:
    code = fleet(root("a", settings=settings(**changes)))
    assert hits(backend_not_locked, code=code) == (
        Hit(
            message=f"`a` uses `{BUCKET}` without a lock",
            evidence=(
                Evidence(
                    label="root", text=f"`a`: {WITHOUT}", span=SourceSpan("a/backend.tf", 3, 5)
                ),
            ),
            advice=(
                "Set `use_lockfile = true` where every engine is 1.10 or newer, else"
                " `dynamodb_table`; the same in every root of the backend."
            ),
            subject="a",
            backend=BUCKET,
        ),
    )


def test_the_roots_of_one_backend_are_one_finding_and_follow_the_others() -> None:
    unlocked = settings(dynamodb_table=None)
    code = fleet(
        root("a", settings=unlocked),
        root("b", settings=unlocked | {"key": "b"}),
        root("c"),
    )
    assert hits(backend_not_locked, code=code) == (
        Hit(
            message=f"2 roots use `{BUCKET}` without a lock",
            evidence=(
                Evidence(
                    label="root", text=f"`a`: {WITHOUT}", span=SourceSpan("a/backend.tf", 3, 5)
                ),
                Evidence(
                    label="root", text=f"`b`: {WITHOUT}", span=SourceSpan("b/backend.tf", 3, 5)
                ),
            ),
            advice=f'Set `dynamodb_table = "{TABLE}"`, the lock table of the backend.',
            backend=BUCKET,
        ),
    )


def test_who_joins_roots_with_lock_files_is_told_to_use_one() -> None:
    code = fleet(
        root("a", settings=settings(dynamodb_table=None)),
        root("b", settings=settings("b", dynamodb_table=None, use_lockfile=True)),
    )
    assert [hit.advice for hit in hits(backend_not_locked, code=code)] == [
        "Set `use_lockfile = true` as the other roots of the backend do."
    ]


def test_a_lock_that_is_an_expression_is_not_called_missing() -> None:
    lockfile = settings(dynamodb_table=None) | {"use_lockfile": Computed("local.lock")}
    table = settings() | {"dynamodb_table": Computed("local.table")}
    code = fleet(
        partial_root("a", partial("a/backend.hcl", lockfile)),
        partial_root("b", partial("b/backend.hcl", table)),
    )
    assert hits(backend_not_locked, code=code) == ()


def test_examples_may_do_without() -> None:
    code = fleet(root("examples/a", settings=settings(dynamodb_table=None), place=Place.EXAMPLE))
    assert hits(backend_not_locked, code=code) == ()
