import pytest

from holdfast.core.findings import Evidence, Hit
from holdfast.core.repository import LiteralValue
from holdfast.core.source import SourceSpan
from holdfast.rules.locking_mixed_in_backend import ADVICE, locking_mixed_in_backend
from tests.rules.fleets import BUCKET, fleet, hits, root
from tests.rules.partial_files import settings

Arguments = dict[str, LiteralValue]
DYNAMODB: Arguments = {}
LOCKFILE: Arguments = {"dynamodb_table": None, "use_lockfile": True}
BOTH: Arguments = {"use_lockfile": True}
NONE: Arguments = {"dynamodb_table": None}


@pytest.mark.parametrize("others", [DYNAMODB, LOCKFILE, BOTH])
def test_modes_that_meet_in_a_lock_are_fine(others: Arguments) -> None:
    code = fleet(
        root("a", settings=settings("a", **BOTH)), root("b", settings=settings("b", **others))
    )
    assert hits(locking_mixed_in_backend, code=code) == ()


def test_two_backends_may_lock_in_two_ways() -> None:
    code = fleet(
        root("a", settings=settings("a", **DYNAMODB)),
        root("b", settings=settings("b", bucket="other", **LOCKFILE)),
    )
    assert hits(locking_mixed_in_backend, code=code) == ()


def test_a_table_and_a_lock_file_do_not_exclude_each_other() -> None:
    code = fleet(
        root("a", settings=settings("a", **DYNAMODB)),
        root("b", settings=settings("b", **LOCKFILE)),
        root("c", settings=settings("c", **BOTH)),
    )
    assert hits(locking_mixed_in_backend, code=code) == (
        Hit(
            message=(
                f"the roots of `{BUCKET}` do not lock in one way:"
                " 1 with `dynamodb`, 1 with `lockfile`, 1 with `both`"
            ),
            evidence=(
                Evidence(label="root", text="`a`: dynamodb", span=SourceSpan("a/backend.tf", 3, 5)),
                Evidence(label="root", text="`b`: lockfile", span=SourceSpan("b/backend.tf", 3, 5)),
                Evidence(label="root", text="`c`: both", span=SourceSpan("c/backend.tf", 3, 5)),
            ),
            advice=ADVICE,
            backend=BUCKET,
        ),
    )


@pytest.mark.parametrize("locked", [DYNAMODB, LOCKFILE, BOTH])
def test_no_lock_is_excluded_by_none(locked: Arguments) -> None:
    code = fleet(
        root("a", settings=settings("a", **locked)), root("b", settings=settings("b", **NONE))
    )
    assert len(hits(locking_mixed_in_backend, code=code)) == 1


def test_a_backend_without_any_lock_is_not_mixed() -> None:
    code = fleet(
        root("a", settings=settings("a", **NONE)), root("b", settings=settings("b", **NONE))
    )
    assert hits(locking_mixed_in_backend, code=code) == ()
