"""Which backends get a setup module and where it goes, by the code alone."""

from pathlib import Path

import pytest

from holdfast.app.fleet import FleetRequest, read_code
from holdfast.app.generate_setup import SetupFormat, SetupRequest, to_compare
from holdfast.app.setup_results import LeftSetup, MadeSetup
from holdfast.core.setup_modules import SetupComplete, setup_of
from holdfast.errors import SetupNotPossibleError
from tests.app.setups import (
    AF,
    AF_SETUP,
    NAMED,
    ON_DISK,
    OWN,
    OWN_NAMES,
    PATTERN,
    TERRAFORM,
    TWO,
    US,
    made,
    names_in,
    root_of,
    the_new_one,
)
from tests.hcl.trees import written


def test_without_any_module_every_backend_gets_one_in_our_structure(tmp_path: Path) -> None:
    found = made(tmp_path, TWO)
    assert [(each.backend, names_in(each)) for each in found if isinstance(each, MadeSetup)] == [
        ("state-af", OWN_NAMES),
        ("state-us", OWN_NAMES),
    ]
    assert [each.directory for each in found if isinstance(each, MadeSetup)] == [
        "backend-setup/state-af",
        "backend-setup/state-us",
    ]


def test_a_backend_alone_gets_its_module_in_one_directory(tmp_path: Path) -> None:
    assert the_new_one(tmp_path, {"af/main.tf": AF}).directory == "backend-setup"


def test_a_store_behind_an_endpoint_of_its_own_is_remarked(tmp_path: Path) -> None:
    endpoint = '    endpoints = { s3 = "http://store:9000" }\n'
    files = {"af/main.tf": root_of("state-af", "af-south-1", more=endpoint)}
    assert the_new_one(tmp_path, files).remarks == (
        "bucket `state-af` is behind http://store:9000: tell the provider of its module so",
    )


def test_a_backend_that_may_have_a_module_gets_no_second_one(tmp_path: Path) -> None:
    setup = AF_SETUP.replace('"state-af"', "var.bucket").replace('"locks-af"', "var.table")
    setup = setup.replace('region = "af-south-1"', "region = var.region")
    (left, _) = made(tmp_path, {**TWO, "backend-setup/main.tf": setup})
    words = "may have its module in `backend-setup`: the names there are expressions"
    assert left == LeftSetup(backend="state-af", words=words)


def test_an_incomplete_module_by_hand_is_left_and_printed_whole_when_it_is_named(
    tmp_path: Path,
) -> None:
    setup = 'resource "aws_s3_bucket" "tf" {\n  bucket = "state-af"\n}\n'
    files = {"af/main.tf": AF, "setup/main.tf": setup}
    words = "has a module that lacks a part in `setup`"
    assert made(tmp_path, files) == (LeftSetup(backend="state-af", words=words),)
    (whole,) = made(tmp_path, files, NAMED, backends=("state-af",))
    assert isinstance(whole, MadeSetup)
    assert (whole.directory, names_in(whole)) == ("setup", OWN_NAMES)


def test_a_module_is_never_mixed_with_one_by_hand(tmp_path: Path) -> None:
    files = {"af/main.tf": AF, "setup/bucket.tf": AF_SETUP}
    with pytest.raises(SetupNotPossibleError) as raised:
        made(tmp_path, files, ON_DISK, backends=("state-af",))
    error = raised.value
    assert (
        error.headline == "the setup of `state-af` cannot be made: `setup` holds a module by hand"
    )
    assert error.facts == (("files", "`bucket.tf`"),)


def test_a_region_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SetupNotPossibleError) as raised:
        made(tmp_path, {"af/main.tf": root_of("state-af", "")})
    assert "its region is not known" in raised.value.headline


def test_what_was_generated_is_generated_again_with_the_same_result(tmp_path: Path) -> None:
    first = the_new_one(tmp_path, PATTERN)
    written(tmp_path, {each.path: each.content for each in first.files})
    again = the_new_one(tmp_path, {})
    assert again == first
    own = the_new_one(tmp_path / "own", {"af/main.tf": AF})
    written(tmp_path / "own", {each.path: each.content for each in own.files})
    assert the_new_one(tmp_path / "own", {}) == own


def test_what_is_written_makes_the_backend_complete(tmp_path: Path) -> None:
    for request in (TERRAFORM, OWN):
        directory = tmp_path / str(request.own_structure)
        new = the_new_one(directory, PATTERN, request)
        written(directory, {each.path: each.content for each in new.files})
        fleet = read_code(FleetRequest(directory=directory))
        matches = [setup_of(each, fleet.backends, fleet.repository) for each in fleet.backends]
        assert [isinstance(match, SetupComplete) for match in matches] == [True, True]


def test_a_generated_module_in_our_structure_is_no_pattern_but_pins_the_provider(
    tmp_path: Path,
) -> None:
    setup = (
        AF_SETUP + 'terraform {\n  required_providers {\n    aws = { version = "~> 5.1" }\n  }\n}\n'
    )
    pinned = the_new_one(tmp_path / "a", {**TWO, "setup/af-south-1/main.tf": setup}, OWN)
    assert 'version = "~> 5.1"' in pinned.files[0].text
    first = made(tmp_path / "b", {"af/main.tf": AF})[0]
    assert isinstance(first, MadeSetup)
    files = {each.path: each.content for each in first.files}
    others = made(tmp_path / "b", {**files, "us/main.tf": US})
    assert [(each.pattern, names_in(each)) for each in others if isinstance(each, MadeSetup)] == [
        (None, OWN_NAMES),
        (None, OWN_NAMES),
    ]


@pytest.mark.parametrize(
    ("output_format", "name"), [("aws", "setup.sh"), ("cloudformation", "template.yaml")]
)
def test_other_formats_are_made_for_every_backend(
    output_format: str, name: str, tmp_path: Path
) -> None:
    request = SetupRequest(output_format=SetupFormat(output_format), on_disk=True)
    found = made(tmp_path, PATTERN, request)
    assert [file.path for each in found if isinstance(each, MadeSetup) for file in each.files] == [
        f"regions/af-south-1/setup/{name}",
        f"regions/us-east-1/setup/{name}",
    ]


def test_what_records_one_moment_is_not_out_of_date(tmp_path: Path) -> None:
    new = the_new_one(tmp_path, PATTERN)
    assert to_compare(new.files, tmp_path) == new.files
    written(tmp_path, {each.path: each.content for each in new.files})
    assert [each.path.rpartition("/")[2] for each in to_compare(new.files, tmp_path)] == [
        "main.tf",
        "README.md",
    ]


DECLARATION = """version: 1
organization: acme
accounts:
  dev: {id: "111111111111"}
backends:
  dev: {account: dev, region: eu-west-1, locking: lockfile, bucket: acme-state-dev, tags: {Team: x}}
layout:
  setup: "infrastructure/setup/{account}/{backend}"
baseline:
  noncurrent_versions: {keep: 3, days: 30}
"""


def test_the_declaration_says_where_a_module_goes_and_what_it_wishes(tmp_path: Path) -> None:
    new = the_new_one(tmp_path, {"holdfast.yaml": DECLARATION})
    assert new.directory == "infrastructure/setup/dev/dev"
    texts = {each.path.rpartition("/")[2]: each.text for each in new.files}
    assert "newer_noncurrent_versions = 3" in texts["main.tf"]
    assert "aws_dynamodb_table" not in texts["main.tf"]
    assert 'Team      = "x"' in texts["variables.tf"]
    assert 'allowed_account_ids = ["111111111111"]' in texts["versions.tf"]
    aws = SetupRequest(output_format=SetupFormat.AWS)
    (script,) = the_new_one(tmp_path, {}, aws).files
    assert '"NewerNoncurrentVersions":3' in script.text
