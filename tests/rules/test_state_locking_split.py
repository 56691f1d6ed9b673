from holdfast.core.findings import Evidence, Hit
from holdfast.core.source import SourceSpan
from holdfast.rules.state_locking_split import ADVICE, state_locking_split
from tests.rules.fleets import BUCKET, TABLE, fleet, hits, root
from tests.rules.partial_files import partial, partial_root, settings

KEY = "shared/terraform.tfstate"


def test_users_of_one_state_that_lock_alike_are_fine() -> None:
    code = fleet(root("a", settings=settings(KEY)), root("b", settings=settings(KEY)))
    assert hits(state_locking_split, code=code) == ()


def test_states_of_their_own_may_be_locked_in_their_own_way() -> None:
    code = fleet(
        root("a", settings=settings("a")),
        root("b", settings=settings("b", dynamodb_table=None, use_lockfile=True)),
        root("c", settings=settings("c", dynamodb_table="other")),
    )
    assert hits(state_locking_split, code=code) == ()


def test_a_table_here_and_a_lock_file_there_let_two_writers_in() -> None:
    code = fleet(
        partial_root(
            "app",
            partial("app/ci.hcl", settings(KEY, dynamodb_table=None, use_lockfile=True)),
            partial("app/local.hcl", settings(KEY)),
        )
    )
    assert hits(state_locking_split, code=code) == (
        Hit(
            message=(
                f"the state `{KEY}` in `{BUCKET}` is locked in 2 ways that do not exclude each"
                " other"
            ),
            evidence=(
                Evidence(
                    label="root",
                    text="`app` with `app/ci.hcl`: lock file",
                    span=SourceSpan("app/ci.hcl", 2, 1),
                ),
                Evidence(
                    label="root",
                    text=f"`app` with `app/local.hcl`: table `{TABLE}`",
                    span=SourceSpan("app/local.hcl", 2, 1),
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_two_tables_for_one_state_let_two_writers_in() -> None:
    code = fleet(
        root("a", settings=settings(KEY)),
        root("b", settings=settings(KEY, dynamodb_table="other"), comments=("In transit.",)),
    )
    assert hits(state_locking_split, code=code) == (
        Hit(
            message=(
                f"the state `{KEY}` in `{BUCKET}` is locked in 2 ways that do not exclude each"
                " other"
            ),
            evidence=(
                Evidence(
                    label="root",
                    text=f"`a`: table `{TABLE}`",
                    span=SourceSpan("a/backend.tf", 4, 5),
                ),
                Evidence(
                    label="root",
                    text="`b`: table `other`",
                    span=SourceSpan("b/backend.tf", 4, 5),
                ),
                Evidence(
                    label="comment", text="In transit.", span=SourceSpan("b/backend.tf", 2, 3)
                ),
            ),
            advice=ADVICE,
            subject=KEY,
            backend=BUCKET,
        ),
    )


def test_a_lock_file_beside_both_tables_excludes() -> None:
    code = fleet(
        root("a", settings=settings(KEY, use_lockfile=True)),
        root("b", settings=settings(KEY, use_lockfile=True, dynamodb_table="other")),
    )
    assert hits(state_locking_split, code=code) == ()


def test_one_table_by_name_and_by_arn_is_one_table() -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:111111111111:table/{TABLE}"
    code = fleet(
        root("a", settings=settings(KEY)), root("b", settings=settings(KEY, dynamodb_table=arn))
    )
    assert hits(state_locking_split, code=code) == ()


def test_a_user_without_a_lock_is_no_match_for_one_with_a_lock() -> None:
    code = fleet(
        root("a", settings=settings(KEY)), root("b", settings=settings(KEY, dynamodb_table=None))
    )
    (hit,) = hits(state_locking_split, code=code)
    assert [each.text for each in hit.evidence] == [f"`a`: table `{TABLE}`", "`b`: no lock"]


def test_a_key_that_spells_a_workspace_is_the_state_of_that_workspace() -> None:
    code = fleet(
        root("a", settings=settings("x")),
        root("b", settings=settings("env:/dev/x", dynamodb_table=None, use_lockfile=True)),
    )
    (hit,) = hits(state_locking_split, code=code)
    assert (hit.subject, [each.text for each in hit.evidence]) == (
        "env:/dev/x",
        ["`b`: lock file", f"`a`: table `{TABLE}`"],
    )
    alike = fleet(root("a", settings=settings("x")), root("b", settings=settings("env:/dev/x")))
    assert hits(state_locking_split, code=alike) == ()
