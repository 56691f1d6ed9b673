from pathlib import Path

import pytest

from holdfast.core.repository import Computed, Origin
from holdfast.core.source import SourceSpan
from tests.hcl.trees import scanned, the_root, ways

ROOT = """locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  region  = "eu-west-1"
}

# one bucket per account
remote_state {
  backend = "s3"
  generate = {
    path      = "backend.tf"
    if_exists = "overwrite"
  }
  config = {
    bucket         = "state-${local.account.locals.name}"
    key            = "${path_relative_to_include()}/terraform.tfstate"
    region         = local.region
    encrypt        = true
    profile        = get_env("AWS_PROFILE", "dev")
    dynamodb_table = lower("LOCKS")
  }
}
"""
ACCOUNT = 'locals {\n  name = "dev"\n}\n'
UNIT = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n\nterraform {\n  source = "../../modules//vpc"\n}\n'


def test_a_unit_has_the_remote_state_of_what_it_includes(tmp_path: Path) -> None:
    files = {
        "live/root.hcl": ROOT,
        "live/dev/account.hcl": ACCOUNT,
        "live/dev/vpc/terragrunt.hcl": UNIT,
        "live/dev/db/terragrunt.hcl": UNIT,
    }
    repository = scanned(tmp_path, files)
    db, vpc = repository.roots
    assert (db.path, vpc.path) == ("live/dev/db", "live/dev/vpc")
    assert ways(vpc) == [
        (
            "",
            "certain",
            {
                "bucket": "state-dev",
                "key": "dev/vpc/terraform.tfstate",
                "region": "eu-west-1",
                "encrypt": True,
                "profile": Computed('get_env("AWS_PROFILE", "dev")'),
                "dynamodb_table": "locks",
            },
        )
    ]
    (block,) = vpc.blocks
    assert (block.type, block.terragrunt, block.comments) == (
        "s3",
        True,
        ("one bucket per account",),
    )
    assert block.span == SourceSpan("live/root.hcl", 7, 1)
    bucket = block.attributes[0]
    assert (bucket.origin, bucket.span) == (Origin.TERRAGRUNT, SourceSpan("live/root.hcl", 14, 5))
    assert db.configurations[0].text("key") == "dev/db/terraform.tfstate"
    assert repository.problems == ()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("basename(get_terragrunt_dir())", "vpc"),
        ("basename(dirname(get_terragrunt_dir()))", "live"),
        ('replace("a-b", "-", "_")', "a_b"),
        ('trimsuffix("a.b", ".b")', "a"),
        ('"${upper("a")}/${1}/${true}"', "A/1/true"),
        ("get_terragrunt_dir()", Computed("get_terragrunt_dir()")),
        ("get_aws_account_id()", Computed("get_aws_account_id()")),
        ('run_cmd("echo", "x")', Computed('run_cmd("echo", "x")')),
        ("local.missing", Computed("local.missing")),
        ("local.loop", Computed("local.loop")),
        ("dependency.vpc.outputs.bucket", Computed("dependency.vpc.outputs.bucket")),
        ('replace("a1", "/[0-9]/", "")', Computed('replace("a1", "/[0-9]/", "")')),
    ],
)
def test_functions_are_followed_where_the_files_decide(
    tmp_path: Path, expression: str, value: str | Computed
) -> None:
    source = f"""locals {{
  loop = local.loop
}}
remote_state {{
  backend = "s3"
  config  = {{ key = {expression} }}
}}
"""
    root = the_root(scanned(tmp_path, {"live/vpc/terragrunt.hcl": source}))
    assert ways(root) == [("", "certain", {"key": value})]


def test_the_parent_of_a_unit_can_be_a_terragrunt_file_and_is_no_unit(tmp_path: Path) -> None:
    parent = 'remote_state {\n  backend = "s3"\n  config = {\n    bucket = "b"\n    key = "${path_relative_to_include()}/k"\n  }\n}\n'
    files = {
        "terragrunt.hcl": parent,
        "app/terragrunt.hcl": "include {\n  path = find_in_parent_folders()\n}\n",
    }
    root = the_root(scanned(tmp_path, files))
    assert (root.path, ways(root)) == ("app", [("", "certain", {"bucket": "b", "key": "app/k"})])


def test_a_generated_backend_is_read_out_of_its_heredoc(tmp_path: Path) -> None:
    parent = """generate "backend" {
  path     = "backend.tf"
  contents = <<EOF
terraform {
  backend "s3" {
    bucket = "b"
    key    = "${path_relative_to_include()}/k"
    region = "${get_env("REGION")}"
  }
}
EOF
}
"""
    files = {
        "root.hcl": parent,
        "app/terragrunt.hcl": 'include "root" {\n  path = "../root.hcl"\n}\n',
    }
    root = the_root(scanned(tmp_path, files))
    assert ways(root) == [
        (
            "",
            "certain",
            {"bucket": "b", "key": "app/k", "region": Computed('"${get_env("REGION")}"')},
        )
    ]
    assert [str(each.span) for each in root.blocks[0].attributes] == [
        "root.hcl:6",
        "root.hcl:7",
        "root.hcl:8",
    ]


def test_terragrunt_fills_in_the_block_of_the_code_beside_it(tmp_path: Path) -> None:
    files = {
        "app/main.tf": 'terraform {\n  # by terragrunt\n  backend "s3" {\n    encrypt = true\n  }\n}\n',
        "app/terragrunt.hcl": 'remote_state {\n  backend = "s3"\n  config = { bucket = "b", key = "k" }\n}\n',
    }
    root = the_root(scanned(tmp_path, files))
    assert ways(root) == [("", "certain", {"encrypt": True, "bucket": "b", "key": "k"})]
    assert [block.comments for block in root.blocks] == [("by terragrunt",)]


def test_a_module_that_a_unit_copies_is_no_root_of_its_own(tmp_path: Path) -> None:
    files = {
        "modules/vpc/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
        "live/vpc/terragrunt.hcl": 'terraform {\n  source = "../../modules//vpc"\n}\nremote_state {\n  backend = "s3"\n  config = { bucket = "b", key = "k" }\n}\n',
    }
    assert [root.path for root in scanned(tmp_path, files).roots] == ["live/vpc"]


def test_json_and_other_backends_are_read_too(tmp_path: Path) -> None:
    files = {
        "a/terragrunt.hcl.json": '{"remote_state": {"backend": "gcs", "config": {"bucket": "b"}}}',
    }
    root = the_root(scanned(tmp_path, files))
    assert (root.backend_type, ways(root)) == ("gcs", [("", "certain", {"bucket": "b"})])


@pytest.mark.parametrize(
    "source",
    [
        'inputs {\n  remote_state = "x"\n}\n',
        "include {\n  path = find_in_parent_folders()\n}\n",
        'include {\n  path = "../../outside.hcl"\n}\n',
        'include {\n  path = "${local.x}/root.hcl"\n}\n',
        "",
    ],
)
def test_a_file_without_a_remote_state_is_no_root(tmp_path: Path, source: str) -> None:
    assert scanned(tmp_path, {"app/terragrunt.hcl": source}).roots == ()


def test_a_config_that_is_computed_as_a_whole_is_shown(tmp_path: Path) -> None:
    source = 'remote_state {\n  backend = "s3"\n  config = merge(local.a, { key = "k" })\n}\n'
    root = the_root(scanned(tmp_path, {"app/terragrunt.hcl": source}))
    assert ways(root) == [("", "certain", {"config": Computed('merge(local.a, { key = "k" })')})]


def test_a_config_that_is_written_as_a_block_is_read(tmp_path: Path) -> None:
    source = 'remote_state {\n  backend = "s3"\n  config {\n    bucket = "b"\n    profile = get_parent_terragrunt_dir()\n  }\n}\n'
    root = the_root(scanned(tmp_path, {"app/terragrunt.hcl": source}))
    assert ways(root) == [("", "certain", {"bucket": "b", "profile": Computed("an absolute path")})]


def test_a_parent_folder_that_is_not_there_has_its_fallback(tmp_path: Path) -> None:
    source = """remote_state {
  backend = "s3"
  config = {
    bucket = find_in_parent_folders("missing.txt", "fallback")
    key    = find_in_parent_folders("missing.txt")
    region = path_relative_from_include()
    lists  = [get_terragrunt_dir()]
    object = { path = get_terragrunt_dir() }
  }
}
"""
    root = the_root(scanned(tmp_path, {"app/terragrunt.hcl": source}))
    assert ways(root) == [
        (
            "",
            "certain",
            {
                "bucket": "fallback",
                "key": Computed('find_in_parent_folders("missing.txt")'),
                "region": ".",
                "lists": Computed("[get_terragrunt_dir()]"),
                "object": Computed("{ path = get_terragrunt_dir() }"),
            },
        )
    ]


@pytest.mark.parametrize(
    "source", ["../../../modules//vpc", "${get_terragrunt_dir()}/../../../modules//vpc"]
)
def test_the_module_a_unit_copies_is_found_in_every_spelling(tmp_path: Path, source: str) -> None:
    files = {
        "modules/vpc/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
        "live/dev/vpc/terragrunt.hcl": f'terraform {{\n  source = "{source}"\n}}\n{ROOT}',
    }
    assert [root.path for root in scanned(tmp_path, files).roots] == ["live/dev/vpc"]


def test_a_broken_terragrunt_file_is_a_problem(tmp_path: Path) -> None:
    repository = scanned(tmp_path, {"app/terragrunt.hcl": "remote_state {\n  backend = = 1\n}\n"})
    assert [str(problem.span) for problem in repository.problems] == ["app/terragrunt.hcl:2"]
