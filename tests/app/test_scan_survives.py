import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.app.scan import scan_repository
from holdfast.core.grouping import backends_of
from tests.hcl.trees import written

NAMES = [
    "main.tf",
    "main.tf.json",
    "override.tofu",
    "backend.hcl",
    "dev.tfbackend",
    "backend.tfvars.json",
    "terragrunt.hcl",
    "root.hcl",
    "a/terragrunt.hcl.json",
    "Makefile",
    "init.sh",
    ".github/workflows/ci.yml",
    ".terraform/terraform.tfstate",
    ".terraform/environment",
    "terraform.tfstate",
    "terraform.tfstate.d/x/terraform.tfstate",
    ".terraform-version",
    ".tool-versions",
]
# Pieces that lead deep into the readers, in any order and broken anywhere.
PIECES = [
    'terraform {\n  backend "s3" {\n',
    '    bucket = "b"\n    key = "k"\n',
    "  }\n}\n",
    'remote_state {\n  backend = "s3"\n  config = {\n',
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n',
    'path = "${path_relative_to_include()}/${local.x}"\n',
    'locals {\n  x = read_terragrunt_config("root.hcl").locals.x\n}\n',
    'resource "aws_dynamodb_table" "terraform_lock" {\n  hash_key = "LockID"\n  name = var.x\n}\n',
    'variable "x" {\n  default = local.x\n}\nmodule "m" {\n  source = "./a"\n}\n',
    "cd a && terraform init -backend-config=dev.tfbackend -backend-config='key=$X'\n",
    "      - run: AWS_REGION=x terraform init \\\n",
    "        working-directory: ../..\n",
    '{"terraform": {"backend": {"s3": {"bucket": "b", "allowed_account_ids": [1]}}}}',
    '{"version": 3, "backend": {"type": "s3", "config": {"bucket": ["b"]}}}',
    '{"version": 4, "serial": "x", "resources": {}}',
    "contents = <<EOF\n",
    "EOF\n",
    "terraform 1.9.8 x\n",
    '"${',
    "}",
    "\\",
    "\ufeff",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
]
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=8).map(lambda pieces: "".join(pieces).encode()),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), CONTENTS, min_size=1))
def test_no_content_of_any_file_makes_a_scan_fail(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        repository = scan_repository(written(Path(name), files))
    for backend in backends_of(repository, None, region_default=None):
        assert backend.bucket


@pytest.mark.parametrize("piece", PIECES)
def test_every_piece_alone_is_survived_everywhere(tmp_path: Path, piece: str) -> None:
    written(tmp_path, dict.fromkeys(NAMES, piece))
    assert scan_repository(tmp_path).files_read >= len(NAMES) - 1
