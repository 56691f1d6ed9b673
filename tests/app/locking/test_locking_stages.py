"""Each stage of locking, done to roots of every kind: only their code and their digests change, and nothing stays locked."""

import pytest

from holdfast.aws.connections import Connections
from holdfast.core.backends import Locking
from tests.app.locking.ground import Ground
from tests.app.locking.stages import (
    BACK_TO_BOTH,
    BACK_TO_DYNAMODB,
    EVERY_STAGE,
    FILE,
    FILE_BELOW,
    KEY,
    MAIN_STAGES,
    STATES,
    TABLE,
    TO_BOTH,
    TO_LOCKFILE,
    Stage,
    seen_in,
)

DYNAMODB, BOTH, LOCKFILE = Locking.DYNAMODB, Locking.BOTH, Locking.LOCKFILE


@EVERY_STAGE
def test_a_root_with_workspaces(
    ground: Ground,
    connections: Connections,
    stage: Stage,
) -> None:
    ground.write("network/main.tf", ground.block(KEY, *stage.old))
    bodies = stage.written(ground, *STATES)
    versions = ground.versions()
    files = ground.stage(stage.goal, connections, table=ground.table)
    assert files == ("network/main.tf",)
    texts = {"network/main.tf": ground.block(KEY, *stage.new)}
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.versions() == versions
    assert ground.journal() == stage.notes(ground, bodies)


PARTIAL = 'bucket = "BUCKET"\nregion = "us-east-1"\n'
SHARING = 'terraform {\n  backend "s3" {\n    key = "%s/terraform.tfstate"\n  }\n}\n'
SCRIPT = "terraform init -backend-config=../shared.tfbackend\n"


@MAIN_STAGES
def test_two_roots_with_one_partial_file(
    ground: Ground,
    connections: Connections,
    stage: Stage,
) -> None:
    texts = {f"{name}/main.tf": SHARING % name for name in ("a", "b")}
    texts |= {f"{name}/init.sh": SCRIPT for name in ("a", "b")}
    for path, text in texts.items():
        ground.write(path, text)
    shared = "".join(f"{line}\n" for line in stage.old)
    ground.write("shared.tfbackend", ground.filled(PARTIAL + shared))
    keys = ("a/terraform.tfstate", "b/terraform.tfstate", "env:/blue/b/terraform.tfstate")
    bodies = stage.written(ground, *keys)
    files = ground.stage(stage.goal, connections, table=ground.table)
    # One file, written once, while the states of both roots are locked.
    assert files == ("shared.tfbackend",)
    texts["shared.tfbackend"] = PARTIAL + "".join(f"{line}\n" for line in stage.new)
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.journal() == stage.notes(ground, bodies)


@MAIN_STAGES
def test_two_roots_with_one_state(
    ground: Ground,
    connections: Connections,
    stage: Stage,
) -> None:
    for name in ("a", "b"):
        ground.write(f"{name}/main.tf", ground.block(KEY, *stage.old))
    bodies = stage.written(ground, *STATES)
    (group,) = ground.plan(stage.goal, connections, table=ground.table).plan.stages[0].groups
    assert [each.path for each in group.roots] == ["a", "b"]
    files = ground.stage(stage.goal, connections, table=ground.table)
    assert files == ("a/main.tf", "b/main.tf")
    texts = {f"{name}/main.tf": ground.block(KEY, *stage.new) for name in ("a", "b")}
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.journal() == stage.notes(ground, bodies)


@MAIN_STAGES
def test_two_roots_that_name_one_table_by_name_and_by_arn(
    ground: Ground, connections: Connections, stage: Stage
) -> None:
    """Counted as two tables, the second lock would meet the first, and the digest would be removed twice."""
    arn = f"arn:aws:dynamodb:us-east-1:{ground.account.id}:table/{ground.table}"

    def by_arn(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.replace("TABLE", arn) for each in lines)

    ground.write("a/main.tf", ground.block(KEY, *stage.old))
    ground.write("b/main.tf", ground.block(KEY, *by_arn(stage.old)))
    bodies = stage.written(ground, *STATES)
    files = ground.stage(stage.goal, connections, table=ground.table)
    assert files == ("a/main.tf", "b/main.tf")
    # Where the code names a table already, it is left as it is spelled there.
    new = by_arn(stage.new) if by_arn(stage.old) != stage.old else stage.new
    texts = {"a/main.tf": ground.block(KEY, *stage.new), "b/main.tf": ground.block(KEY, *new)}
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.journal() == stage.notes(ground, bodies)


REMOTE_STATE = """\
remote_state {
  backend = "s3"
  config = {
    bucket = "BUCKET"
    key    = "${path_relative_to_include()}/terraform.tfstate"
    region = "us-east-1"
%s  }
}
"""
UNIT = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'


def remote_state(*arguments: str) -> str:
    return REMOTE_STATE % "".join(f"    {line}\n" for line in arguments)


@MAIN_STAGES
def test_units_of_terragrunt(
    ground: Ground,
    connections: Connections,
    stage: Stage,
) -> None:
    texts = {f"{name}/terragrunt.hcl": UNIT for name in ("a", "b")}
    for path, text in texts.items():
        ground.write(path, text)
    ground.write("root.hcl", ground.filled(remote_state(*stage.old)))
    bodies = stage.written(ground, "a/terraform.tfstate", "b/terraform.tfstate")
    assert ground.stage(stage.goal, connections, table=ground.table) == ("root.hcl",)
    texts["root.hcl"] = remote_state(*stage.new)
    assert ground.look() == stage.seen_after(ground, texts, bodies)
    assert ground.journal() == stage.notes(ground, bodies)


@pytest.mark.parametrize("way", [(TO_BOTH, TO_LOCKFILE), (BACK_TO_BOTH, BACK_TO_DYNAMODB)], ids=str)
def test_the_whole_way(ground: Ground, connections: Connections, way: tuple[Stage, ...]) -> None:
    goal = way[0].goal
    ground.write("network/main.tf", ground.block(KEY, *way[0].old))
    bodies = way[0].written(ground, *STATES)
    for stage in way:
        planned = ground.plan(goal, connections, table=ground.table)
        assert [each.locking for each in planned.plan.stages] == [stage.after]
        ground.switch(planned, connections)
        seen = ground.look()
        texts = {path: content.decode() for path, content in seen.files.items()}
        assert seen == stage.seen_after(ground, texts, bodies)
    before = ground.look()
    planned = ground.plan(goal, connections, table=ground.table)
    assert (planned.plan.stages, planned.groups, planned.declaration) == ((), (), None)
    assert ground.switch(planned, connections) == ()
    assert ground.look() == before


def test_there_and_back_leaves_the_code_as_it_was(ground: Ground, connections: Connections) -> None:
    ground.write("network/main.tf", ground.block(KEY, TABLE))
    bodies = TO_BOTH.written(ground, *STATES)
    before = ground.look()
    ground.stage(LOCKFILE, connections)
    ground.stage(DYNAMODB, connections)
    assert ground.look() == before
    assert ground.versions() == dict.fromkeys(bodies, 1)


def test_a_plan_changes_nothing(ground: Ground, connections: Connections) -> None:
    ground.write("network/main.tf", ground.block(KEY, TABLE, FILE))
    TO_LOCKFILE.written(ground, *STATES)
    before = ground.look()
    planned = ground.plan(LOCKFILE, connections)
    assert planned.plan.stages[0].groups[0].states == STATES
    assert ground.look() == before
    assert ground.journal() == []


def test_a_root_without_a_state_is_switched_too(ground: Ground, connections: Connections) -> None:
    ground.write("network/main.tf", ground.block(KEY, TABLE, FILE))
    ground.stage(LOCKFILE, connections)
    texts = {"network/main.tf": ground.block(KEY, FILE)}
    assert ground.look() == seen_in(ground, texts, {}, LOCKFILE)
    ground.stage(BOTH, connections, table=ground.table)
    texts = {"network/main.tf": ground.block(KEY, FILE, TABLE)}
    assert ground.look() == seen_in(ground, texts, {}, BOTH)


def test_only_the_roots_that_are_behind_change(ground: Ground, connections: Connections) -> None:
    arguments = {"a": (TABLE,), "b": (TABLE, FILE), "c": (FILE,)}
    for name, lines in arguments.items():
        ground.write(f"{name}/main.tf", ground.block(f"{name}/state", *lines))
    assert ground.stage(LOCKFILE, connections) == ("a/main.tf",)
    assert ground.stage(LOCKFILE, connections) == ("a/main.tf", "b/main.tf")
    assert ground.stage(LOCKFILE, connections) == ()
    assert ground.texts() == {
        f"{name}/main.tf": ground.block(f"{name}/state", line)
        for name, line in (("a", FILE_BELOW), ("b", FILE), ("c", FILE))
    }
