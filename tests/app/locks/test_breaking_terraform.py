"""We break the locks of real Terraform, and it reacts as it does to its own force-unlock."""

from pathlib import Path

import pytest

from holdfast.core.backends import Locking
from holdfast.core.lock_board import Mark
from holdfast.core.lock_info import LockInfo
from holdfast.core.lock_outcomes import Standing
from holdfast.core.lock_view import engine_lines
from holdfast.core.locks import LockKind
from tests.app.locks.boards import board
from tests.app.locks.breaking import Breaker, breaker, standings
from tests.support.locking import KEY, REGION, Site
from tests.support.real_terraform import Terraform

MODES = {
    Locking.DYNAMODB: [LockKind.ITEM],
    Locking.LOCKFILE: [LockKind.OBJECT],
    Locking.BOTH: [LockKind.OBJECT, LockKind.ITEM],
}


def root_of(place: Site, locking: Locking, directory: Path) -> Terraform:
    """An initialised root on the backend of a place."""
    directory.mkdir(parents=True)
    lines = [
        f'bucket = "{place.bucket}"',
        f'key = "{KEY}"',
        f'region = "{REGION}"',
        *([f'dynamodb_table = "{place.table}"'] if locking.uses_table else []),
        *(["use_lockfile = true"] if locking.uses_lockfile else []),
    ]
    code = 'terraform {\n  backend "s3" {\n    ' + "\n    ".join(lines) + "\n  }\n}\n"
    (directory / "main.tf").write_text(code, encoding="utf-8")
    terraform = place.account.terraform(directory, REGION)
    terraform.succeed("init", "-input=false", "-no-color")
    return terraform


def shown_id(ann: Breaker) -> str:
    """Return the one id under which the state is locked."""
    (identifier,) = {
        side.lock.holder.identifier
        for side in ann.look().view.locks.held
        if side.lock is not None and side.lock.holder is not None
    }
    return identifier


@pytest.mark.parametrize("locking", list(MODES), ids=lambda mode: mode.value)
def test_a_lock_of_a_killed_apply_is_shown_and_broken_and_the_next_apply_runs(
    place: Site, tmp_path: Path, locking: Locking
) -> None:
    terraform = root_of(place, locking, tmp_path / "root")
    ann = breaker(place, tmp_path, locking)
    with terraform.held_apply() as apply:
        apply.kill()

    (row,) = board(place, locking).rows
    assert [side.kind for side in row.locks.held] == MODES[locking]
    assert row.marks == ()
    refused = terraform.run("plan", "-input=false", "-no-color")
    identifier = shown_id(ann)
    assert refused.status == 1
    assert identifier in refused.errors

    breaking = ann.remove(ann.look(), identifier)

    assert standings(breaking) == [Standing.GONE] * len(MODES[locking])
    assert board(place, locking).rows == ()
    (terraform.directory / "holding.tf").unlink()
    terraform.succeed("apply", "-auto-approve", "-input=false", "-no-color")


def test_breaking_the_lock_of_a_run_that_goes_on_is_what_the_warning_says(
    place: Site, tmp_path: Path
) -> None:
    terraform = root_of(place, Locking.BOTH, tmp_path / "root")
    ann = breaker(place, tmp_path)
    with terraform.held_apply() as apply:
        ann.remove(ann.look(), shown_id(ann))
        ended = apply.release()
    # It never looks at its lock again: the state is written, and only the release fails.
    assert ended.status == 1
    assert "Error releasing the state lock" in ended.errors
    assert KEY in place.lock_object_keys()


def test_an_engine_shows_what_we_say_that_it_shows(place: Site, tmp_path: Path) -> None:
    terraform = root_of(place, Locking.DYNAMODB, tmp_path / "root")
    with terraform.held_apply() as apply:
        refused = terraform.run("plan", "-input=false", "-no-color")
        (side,) = breaker(place, tmp_path, Locking.DYNAMODB).look().view.locks.held
        apply.kill()
    assert side.lock is not None
    assert isinstance(side.lock.content, LockInfo)
    printed = [line.removeprefix("│ ").rstrip() for line in refused.errors.splitlines()]
    for line in engine_lines(side.lock.content):
        assert line.rstrip() in printed


def test_a_workspace_whose_state_is_missing_is_unlocked_where_an_engine_cannot(
    place: Site, tmp_path: Path
) -> None:
    terraform = root_of(place, Locking.DYNAMODB, tmp_path / "root")
    key = f"env:/ghost/{KEY}"
    info = place.sign()
    place.put_lock(LockKind.ITEM, key, info.text)
    # Tests of real Terraform leave `TF_` variables of the user out; the selected workspace is a file.
    (terraform.directory / ".terraform" / "environment").write_text("ghost", encoding="utf-8")

    stuck = terraform.run("force-unlock", "-force", info.identifier)
    assert stuck.status == 1
    assert "ConditionalCheckFailedException" in stuck.errors

    ann = Breaker(
        place=place,
        journal=breaker(place, tmp_path).journal,
        locking=Locking.DYNAMODB,
        key=key,
    )
    assert standings(ann.remove(ann.look(), info.identifier)) == [Standing.GONE]
    terraform.succeed("plan", "-input=false", "-no-color")


def test_two_engines_of_different_modes_are_two_owners_each_broken_by_itself(
    place: Site, tmp_path: Path
) -> None:
    one = root_of(place, Locking.DYNAMODB, tmp_path / "one")
    two = root_of(place, Locking.LOCKFILE, tmp_path / "two")
    ann = breaker(place, tmp_path)
    with one.held_apply() as first, two.held_apply() as second:
        first.kill()
        second.kill()

    (row,) = board(place).rows
    assert [each.mark for each in row.marks] == [Mark.DIFFER]
    owners = [
        side.lock.holder.identifier
        for side in row.locks.held
        if side.lock is not None and side.lock.holder is not None
    ]
    assert len(set(owners)) == 2
    assert standings(ann.remove(ann.look(), owners[0])) == [Standing.GONE]
    assert [side.kind for side in ann.look().view.locks.held] == [LockKind.ITEM]
    assert standings(ann.remove(ann.look(), owners[1])) == [Standing.GONE]
    assert ann.look().view.locks.held == ()
