"""`holdfast audit --states` on the command line: what it refuses, and what is unknown when something is denied."""

import json

import pytest

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH
from tests.cli.conftest import CommandLine
from tests.support.fault_proxy import FaultProxy
from tests.support.worlds import World


def test_a_rule_over_states_is_not_reported_where_they_are_not_read(
    in_fleet: CommandLine,
) -> None:
    done = in_fleet("audit", "--only", "digest-stale", "--only", "state-orphaned")
    assert (done.status, done.output) == (2, "")
    assert done.errors.splitlines() == [
        "error[usage]: `digest-stale` is judged by the states, and they are read with `--states` only",
        "  rules over states  digest-stale, state-orphaned",
        "nothing was judged",
        "",
        "hint: add `--states`",
    ]


@pytest.mark.parametrize("verb", [("plan",), ("apply", "--auto-approve", "--account", "1" * 12)])
def test_no_plan_pretends_to_mend_a_state(in_fleet: CommandLine, verb: tuple[str, ...]) -> None:
    done = in_fleet(*verb, "--only", "digest-stale")
    assert (done.status, done.output) == (2, "")
    assert done.errors.splitlines() == [
        "error[usage]: `digest-stale` is judged by the states, and no step of a plan mends those",
        "nothing was changed",
        "",
        "hint: `holdfast audit --states --only digest-stale` judges it",
        "hint: `holdfast explain digest-stale` says what to do",
    ]


def test_states_are_of_the_cloud(in_fleet: CommandLine) -> None:
    done = in_fleet("audit", "--offline", "--states")
    assert (done.status, done.output) == (2, "")
    assert done.errors.splitlines() == [
        "error[usage]: `--states` looks through buckets and tables, and `--offline` does not read them",
        "nothing was judged",
        "",
        "hint: leave out one of the two",
    ]


def test_one_rule_over_states_is_reported_alone(in_fleet: CommandLine) -> None:
    done = in_fleet("audit", "--states", "--only", "state-orphaned", "--format", "json")
    assert (done.status, done.errors) == (0, "")
    document = json.loads(done.output)
    assert [(each["rule"], each["backend"]) for each in document["findings"]] == [
        ("state-orphaned", AF_SOUTH.bucket)
    ]
    assert "digest-stale" in document["summary"]["rules_not_run"]


def test_the_default_audit_names_the_rules_that_were_not_run(in_fleet: CommandLine) -> None:
    document = json.loads(in_fleet("audit", "--format", "json").output)
    assert document["states_read"] is False
    assert document["unknown"] == []
    assert document["summary"]["rules_not_run"] == [
        "digest-left-behind",
        "digest-stale",
        "digest-without-state",
        "state-lineage-twice",
        "state-orphaned",
    ]


@pytest.mark.parametrize(
    ("operation", "rules"),
    [
        (
            "dynamodb:Scan",
            {"digest-left-behind", "digest-stale", "digest-without-state"},
        ),
        # What a listing shows is judged all the same.
        ("s3:GetObject", {"digest-left-behind", "digest-stale", "state-lineage-twice"}),
    ],
)
def test_what_is_denied_is_unknown_and_leaves_no_good(
    own_fleet: World,
    cli: CommandLine,
    proxy: FaultProxy,
    operation: str,
    rules: set[str],
) -> None:
    proxy.deny(operation)
    cli.join(own_fleet, through=proxy.url)
    done = cli("audit", "--states", "--strict", "--backend", AF_SOUTH.bucket, "--format", "json")
    document = json.loads(done.output)
    assert {each["rule"] for each in document["unknown"]} == rules
    assert {each["permission"] for each in document["unknown"]} == {operation}
    (backend,) = document["backends"]
    twins = [each for each in document["findings"] if each["rule"] == "state-lineage-twice"]
    assert (backend["verdict"], done.status) == (("NEEDS FIX", 3) if twins else ("UNKNOWN", 6))


def test_without_reading_any_other_finding_is_the_same(in_fleet: CommandLine) -> None:
    """Looking through the states only adds findings of the rules over them."""
    settings = json.loads(in_fleet("audit", "--format", "json").output)
    everything = json.loads(in_fleet("audit", "--states", "--format", "json").output)
    over_states = set(settings["summary"]["rules_not_run"])
    others = [each for each in everything["findings"] if each["rule"] not in over_states]
    assert others == settings["findings"]
