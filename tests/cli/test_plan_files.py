"""Plan files that are none, of another version, damaged, or overtaken by the world."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.sandbox.scenarios.two_regions import US_EAST
from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.worlds import APPLY_ALL_STEPS, World

APPROVED = APPLY_ALL_STEPS[1:]
Damage = Callable[[str], bytes]


def planned(cli: CommandLine, directory: Path) -> Path:
    out = directory / "plan.json"
    assert cli("plan", "--out", str(out)).status == 0
    return out


def changed(**members: object) -> Damage:
    return lambda text: json.dumps({**json.loads(text), **members}).encode()


def without(name: str) -> Damage:
    return lambda text: json.dumps(
        {key: value for key, value in json.loads(text).items() if key != name}
    ).encode()


def with_step_on(subject: str) -> Damage:
    """Aim the first step at something that is not the backend's."""

    def damage(text: str) -> bytes:
        plan = json.loads(text)
        step = plan["backends"][0]["steps"][0]["step"]
        step["bucket" if "bucket" in step else "table"] = subject
        return json.dumps(plan).encode()

    return damage


DAMAGES: dict[str, tuple[Damage, str]] = {
    "another format": (
        changed(format=2, holdfast_version="9.0"),
        "format 2, written by holdfast 9.0",
    ),
    "no format": (without("format"), "it is JSON, and not a plan"),
    "no backends": (without("backends"), "backends  is missing"),
    "a member more": (changed(more=1), "more  is not known"),
    "half of it": (lambda text: text[: len(text) // 2].encode(), "it is not JSON"),
    "nothing": (lambda _: b"", "it is not JSON"),
    "no text": (lambda _: b"\xff\xfe\x00", "it is not UTF-8 text"),
    "another document": (lambda _: b"[1, 2]", "it is JSON, and not a plan"),
    "somebody else's bucket": (with_step_on("somebody-else"), "is not the backend's"),
    "nested without end": (lambda _: b"[" * 100_000, "it is not JSON"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_plan_file_that_is_not_as_it_was_written_is_refused(
    in_fleet: CommandLine, fleet: World, tmp_path: Path, damage: str
) -> None:
    do, words = DAMAGES[damage]
    plan = planned(in_fleet, tmp_path)
    plan.write_bytes(do(plan.read_text(encoding="utf-8")))
    with FaultProxy(fleet.sandbox.url) as proxy:
        in_fleet.join(fleet, through=proxy.url)
        refused = in_fleet("apply", str(plan), *APPROVED)
        assert proxy.requests() == ()
    assert (refused.status, refused.output) == (2, "")
    assert refused.errors.startswith("error[plan-file]")
    assert words in refused.errors
    assert "nothing was changed" in refused.errors


def test_a_plan_file_that_is_not_there_is_named(in_fleet: CommandLine, tmp_path: Path) -> None:
    missing = tmp_path / "plan.json"
    refused = in_fleet("apply", str(missing), *APPROVED)
    assert (refused.status, refused.output) == (2, "")
    assert f"`{missing}`" in refused.errors


def test_a_plan_that_cannot_be_written_leaves_nothing(
    in_fleet: CommandLine, tmp_path: Path
) -> None:
    refused = in_fleet("plan", "--out", str(tmp_path / "missing" / "plan.json"))
    assert (refused.status, refused.output) == (1, "")
    assert refused.errors.startswith("error[file-not-written]")
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_the_world_has_overtaken_is_refused(
    cli: CommandLine, own_fleet: World, tmp_path: Path
) -> None:
    cli.join(own_fleet)
    plan = planned(cli, tmp_path)
    # Somebody else makes the table by hand, and puts a policy of their own on the bucket.
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "Theirs",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteBucket",
            "Resource": f"arn:aws:s3:::{US_EAST.bucket}",
        },
    }
    s3 = own_fleet.clients.s3(US_EAST.name)
    s3.put_bucket_policy(Bucket=US_EAST.bucket, Policy=json.dumps(policy))
    refused = cli("apply", str(plan), *APPROVED)
    assert refused.status == 1
    assert refused.errors.startswith("error[plan-stale]")
    assert US_EAST.bucket in refused.errors
    assert "nothing was changed" in refused.errors
    tables = own_fleet.clients.dynamodb(US_EAST.name).list_tables()["TableNames"]
    assert tables == []
    assert json.loads(s3.get_bucket_policy(Bucket=US_EAST.bucket)["Policy"]) == policy


def test_a_plan_that_was_applied_can_be_applied_again(
    cli: CommandLine, own_fleet: World, tmp_path: Path
) -> None:
    cli.join(own_fleet)
    plan = planned(cli, tmp_path)
    first = cli("apply", str(plan), *APPROVED)
    assert (first.status, first.errors) == (0, "")
    again = cli("apply", str(plan), *APPROVED)
    assert (again.status, again.errors) == (0, "")
    assert again.output.splitlines()[-1].startswith("0 steps done, ")


def test_a_plan_file_is_applied_as_it_is(in_fleet: CommandLine, tmp_path: Path) -> None:
    plan = planned(in_fleet, tmp_path)
    refused = in_fleet("apply", str(plan), "--only", "lock-table-missing", *APPROVED)
    assert (refused.status, refused.output) == (2, "")
    assert "a plan file is applied as it is" in refused.errors


# What must be allowed ------------------------------------------------------------------------------


def test_nothing_is_applied_without_approval(own_fleet: World, cli: CommandLine) -> None:
    cli.join(own_fleet)
    refused = cli("apply", "--account", "111111111111")
    assert refused.status == 2
    assert refused.errors.startswith("error[approval-missing]")
    assert own_fleet.clients.dynamodb(US_EAST.name).list_tables()["TableNames"] == []


@pytest.mark.parametrize("more", [(), ("--account", "222222222222")])
def test_nothing_is_created_in_an_account_that_nobody_names(
    own_fleet: World, cli: CommandLine, more: tuple[str, ...]
) -> None:
    cli.join(own_fleet)
    refused = cli("apply", "--auto-approve", *more)
    assert refused.status == 2
    assert refused.errors.startswith("error[account-undeclared]")
    assert "add `--account 111111111111`" in refused.errors
    assert own_fleet.clients.dynamodb(US_EAST.name).list_tables()["TableNames"] == []


def test_a_plan_file_without_steps_does_not_say_that_all_is_well(
    cli: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"format": 1, "made_at": "", "holdfast_version": "", "backends": []}')
    applied = cli("apply", str(path))
    assert (applied.status, applied.output) == (0, "the plan has no steps\n")
