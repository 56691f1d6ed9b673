"""Scenario `two-regions`: its table of verdicts before, and both regions GOOD after one command."""

import json
from collections.abc import Mapping

from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, LAYERS, US_EAST, layer_directory
from tests.support.worlds import APPLY_ALL_STEPS, APPLY_SAFE_STEPS, World

SETUP = "terraform/providers/aws/regions/{region}/backend-setup"


def audited(world: World, *arguments: str) -> Mapping[str, list[Mapping[str, object]]]:
    done = world.holdfast("audit", "--format", "json", *arguments)
    assert (done.status in {0, 3}, done.errors) == (True, "")
    document: Mapping[str, list[Mapping[str, object]]] = json.loads(done.output)
    return document


def rows(document: Mapping[str, list[Mapping[str, object]]]) -> list[tuple[object, ...]]:
    columns = ("region", "bucket", "bucket_status", "lock_table", "lock_table_status", "verdict")
    return [tuple(backend[name] for name in columns) for backend in document["backends"]]


def findings(
    document: Mapping[str, list[Mapping[str, object]]], rule: str
) -> list[Mapping[str, object]]:
    return [finding for finding in document["findings"] if finding["rule"] == rule]


def test_the_verdicts_are_those_of_the_scenarios_table(two_regions: World) -> None:
    document = audited(two_regions)
    assert rows(document) == [
        ("af-south-1", AF_SOUTH.bucket, "exists", AF_SOUTH.table, "exists", "GOOD"),
        ("us-east-1", US_EAST.bucket, "exists", US_EAST.table, "missing", "NEEDS FIX"),
    ]
    setups = [str(backend["setup"]) for backend in document["backends"]]
    assert setups[0] == f"complete ({SETUP.format(region='af-south-1')})"
    assert setups[1].startswith(("empty", "missing"))
    assert document["unknown"] == []


def test_the_missing_table_is_critical_and_names_eight_layers(two_regions: World) -> None:
    (finding,) = findings(audited(two_regions), "lock-table-missing")
    assert (finding["severity"], finding["backend"]) == ("critical", US_EAST.bucket)
    assert US_EAST.table in str(finding["message"])
    evidence = json.dumps(finding["evidence"])
    assert [layer for layer in LAYERS if layer_directory(US_EAST.name, layer) in evidence] == list(
        LAYERS
    )
    assert "8 " in str(finding["message"]) + evidence
    assert json.dumps(finding["fix"]).startswith('[{"step": "CreateTable"')


def test_the_empty_setup_module_is_named_and_the_local_state_is_right(two_regions: World) -> None:
    document = audited(two_regions)
    (missing,) = findings(document, "setup-module-missing")
    assert missing["backend"] == US_EAST.bucket
    assert SETUP.format(region="us-east-1") in str(missing["message"])
    (local,) = findings(document, "setup-module-state-local")
    assert (local["severity"], local["subject"]) == ("note", SETUP.format(region="af-south-1"))


def test_the_text_says_the_same(two_regions: World) -> None:
    done = two_regions.holdfast("audit")
    assert (done.status, done.errors) == (3, "")
    lines = done.output.splitlines()
    assert lines[1].startswith(AF_SOUTH.bucket)
    assert lines[1].endswith("GOOD")
    assert lines[2].startswith(US_EAST.bucket)
    assert lines[2].endswith("NEEDS FIX")
    # The lock table that is missing, and the bucket that was made by hand and keeps no versions.
    assert ": 2 critical, 0 high, " in lines[-1]


def test_one_command_makes_both_regions_good_and_proof_shows_it(two_regions: World) -> None:
    applied = two_regions.holdfast(*APPLY_ALL_STEPS)
    assert (applied.status, applied.errors) == (0, "")
    document = audited(two_regions)
    assert [row[-2:] for row in rows(document)] == [("exists", "GOOD"), ("exists", "GOOD")]
    assert document["unknown"] == []
    assert {finding["severity"] for finding in document["findings"]} <= {"medium", "low", "note"}
    assert two_regions.holdfast("plan", "--check").status == 0

    proven = two_regions.holdfast("prove", "--format", "json")
    assert (proven.status, proven.errors) == (0, "")
    verdicts = [backend["verdict"] for backend in json.loads(proven.output)["backends"]]
    assert verdicts == ["EXCLUDES", "EXCLUDES"]


def test_safe_steps_alone_make_both_regions_good_and_say_what_they_left_out(
    two_regions: World,
) -> None:
    applied = two_regions.holdfast(*APPLY_SAFE_STEPS)
    assert (applied.status, applied.errors) == (4, "")
    left_out = [
        line
        for region in (AF_SOUTH, US_EAST)
        for line in (
            (
                f"left out  {region.bucket}  add lifecycle rule `holdfast-state-history`"
                f" to bucket `{region.bucket}`"
            ),
            (
                "          S3 will remove the oldest versions of everything in the bucket by these rules,"
                " also of what is no state"
            ),
            f"          allow it with `--confirm add-lifecycle-rules:{region.bucket}`",
        )
    ]
    assert applied.output.splitlines()[-9:] == [
        "",
        *left_out,
        "",
        "7 steps done, 2 left out; every change was read back",
    ]
    assert [row[-1] for row in rows(audited(two_regions))] == ["GOOD", "GOOD"]
    assert two_regions.holdfast("plan", "--check").status == 4


def test_an_apply_changes_no_state_and_removes_nothing(two_regions: World) -> None:
    def states() -> dict[tuple[str, str], bytes]:
        found = {}
        for region in (AF_SOUTH, US_EAST):
            s3 = two_regions.clients.s3(region.name)
            for entry in s3.list_objects_v2(Bucket=region.bucket)["Contents"]:
                body = s3.get_object(Bucket=region.bucket, Key=entry["Key"])["Body"].read()
                found[region.bucket, entry["Key"]] = body
        return found

    def digests() -> list[str]:
        answer = two_regions.clients.dynamodb(AF_SOUTH.name).scan(TableName=AF_SOUTH.table)
        return sorted(map(str, answer["Items"]))

    before = states(), digests()
    assert len(before[0]) == 2 * len(LAYERS) + 1
    assert two_regions.holdfast(*APPLY_ALL_STEPS).status == 0
    assert (states(), digests()) == before
