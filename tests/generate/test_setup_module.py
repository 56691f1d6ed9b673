"""The module in our own structure: whole files for a new backend, and what differs for one that is there."""

from pathlib import Path

import pytest

from holdfast.core.baseline import noncurrent_lifecycle_rule
from holdfast.core.cloud import Encryption, Versioning, VersioningStatus
from holdfast.core.declaration import DeclaredBaseline
from holdfast.core.facts import Known
from holdfast.generate.setup_module import setup_module_files
from holdfast.generate.setup_settings import SetupSettings, setup_settings
from tests.generate.setups import new_backend, settings_of, settings_offline, without_lock_table
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    KMS_KEY,
    REGION,
    TABLE,
    Changes,
    backend,
    healthy_bucket,
    healthy_table,
    lifecycle,
    observed,
    policy,
)

EXPECTED = Path(__file__).parent / "expected" / "setup"
FOREIGN_STATEMENT = {
    "Sid": "Team",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/shared/${{aws:username}}/*",
}


def texts(settings: SetupSettings, **changes: Changes) -> dict[str, str]:
    files = setup_module_files(settings, "setup", **changes)
    return {each.path.removeprefix("setup/"): each.text for each in files}


def block(text: str, head: str) -> str:
    """Return one block of a file, without its head and its last brace."""
    inside = text.partition(f"{head} {{\n")[2]
    return inside.partition("\n}\n")[0]


def of_bucket(**changes: Changes) -> dict[str, str]:
    return texts(settings_of(observed(bucket=healthy_bucket(**changes))))


def resource(name: str) -> str:
    return f'resource "{name}" "state"'


def test_a_new_backend_gets_exactly_these_files() -> None:
    found = texts(settings_of(new_backend(tags=(("Team", "platform"),))))
    assert found == {
        path.name: path.read_text(encoding="utf-8") for path in sorted(EXPECTED.iterdir())
    }


def test_modules_of_two_new_backends_differ_in_their_variables_and_words_alone() -> None:
    other = new_backend(name="other", bucket="other-state", tables=("other-locks",))
    first, second = texts(settings_of()), texts(settings_of(other))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == ["variables.tf", "README.md"]


def test_a_backend_without_lock_table_has_none_in_its_module() -> None:
    found = texts(without_lock_table())
    assert not [name for name, text in found.items() if "dynamodb" in text or "lock_table" in text]
    assert "lock table" not in found["README.md"].partition("\n## ")[0]


def test_a_kms_key_is_a_variable_and_brings_a_bucket_key() -> None:
    found = texts(settings_of(new_backend(kms_key=KMS_KEY)))
    assert block(
        found["main.tf"], resource("aws_s3_bucket_server_side_encryption_configuration")
    ) == (
        "  bucket = aws_s3_bucket.state.id\n\n"
        "  rule {\n"
        "    bucket_key_enabled = true\n\n"
        "    apply_server_side_encryption_by_default {\n"
        '      sse_algorithm     = "aws:kms"\n'
        "      kms_master_key_id = var.kms_key_arn\n"
        "    }\n"
        "  }"
    )
    assert f'default     = "{KMS_KEY}"' in block(found["variables.tf"], 'variable "kms_key_arn"')


def test_a_stronger_encryption_that_is_there_stays() -> None:
    found = of_bucket(
        encryption=Known(Encryption(algorithm="aws:kms", key="alias/mine", bucket_key=True))
    )
    inside = block(found["main.tf"], resource("aws_s3_bucket_server_side_encryption_configuration"))
    assert 'sse_algorithm     = "aws:kms"' in inside
    assert 'kms_master_key_id = "alias/mine"' in inside


def test_what_a_bucket_blocks_stays_blocked_with_a_provider_that_knows_it() -> None:
    settings = settings_of(observed())
    found = texts(settings, provider_version="~> 5.0")
    assert 'blocked_encryption_types = ["SSE-C"]' in found["main.tf"]
    assert 'version = "~> 6.0"' in found["versions.tf"]


def test_statements_rules_and_tags_of_others_stay() -> None:
    rule = {
        "ID": "logs",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Expiration": {"Days": 30},
    }
    found = of_bucket(
        policy=Known(policy(FOREIGN_STATEMENT)),
        lifecycle=lifecycle(rule),
        tags=Known({"Owner": "ops", "ManagedBy": "hand", "aws:cloudformation:stack-name": "x"}),
    )["main.tf"]
    statements = block(found, resource("aws_s3_bucket_policy"))
    assert statements.index('Sid    = "Team"') < statements.index("HoldfastDenyInsecureTransport")
    assert 'Resource = "${aws_s3_bucket.state.arn}/shared/$${aws:username}/*"' in statements
    rules = block(found, resource("aws_s3_bucket_lifecycle_configuration"))
    assert rules.index('id     = "logs"') < rules.index('id     = "holdfast-state-history"')
    assert block(found, resource("aws_s3_bucket")).startswith(
        "  bucket = var.bucket\n\n"
        "  tags = merge(var.tags, {\n"
        '    ManagedBy = "hand"\n'
        '    Owner     = "ops"\n'
        "  })\n"
    )


def test_replicas_and_the_key_of_a_table_stay() -> None:
    table = healthy_table(replicas=("eu-west-2",), key=KMS_KEY, tags=Known({"Owner": "ops"}))
    found = texts(settings_of(observed(tables=[table])))["main.tf"]
    inside = block(found, 'resource "aws_dynamodb_table" "locks"')
    assert '  replica {\n    region_name = "eu-west-2"\n  }\n' in inside
    assert (
        f'  server_side_encryption {{\n    enabled     = true\n    kms_key_arn = "{KMS_KEY}"\n'
        in inside
    )
    assert '  tags = merge(var.tags, {\n    Owner = "ops"\n  })\n' in inside


@pytest.mark.parametrize(
    ("unread", "kind", "words"),
    [
        ({"policy": DENIED}, "aws_s3_bucket_policy", "policy"),
        ({"policy": Known("{}")}, "aws_s3_bucket_policy", "policy"),
        ({"lifecycle": DENIED}, "aws_s3_bucket_lifecycle_configuration", "lifecycle"),
        (
            {"encryption": DENIED},
            "aws_s3_bucket_server_side_encryption_configuration",
            "default encryption",
        ),
    ],
    ids=str,
)
def test_what_is_there_and_could_not_be_read_is_left_alone_and_said(
    unread: Changes, kind: str, words: str
) -> None:
    found = of_bucket(**unread)
    assert kind not in found["main.tf"]
    assert (
        f"# This module leaves the {words} of the bucket alone: it could not be read ("
        in (found["main.tf"])
    )
    assert f"to = {kind}." not in found["imports.tf"]


def test_a_lifecycle_rule_that_cannot_be_said_leaves_the_lifecycle_alone() -> None:
    rule = {"ID": "new", "Status": "Enabled", "Surprise": {"Days": 1}}
    found = of_bucket(lifecycle=lifecycle(rule))
    assert "aws_s3_bucket_lifecycle_configuration" not in found["main.tf"] + found["imports.tf"]
    words = "# This module leaves the lifecycle of the bucket alone: a rule of it cannot be said in Terraform."
    assert words in found["main.tf"].splitlines()


def test_tags_that_could_not_be_read_are_ignored() -> None:
    found = of_bucket(tags=DENIED)["main.tf"]
    assert block(found, resource("aws_s3_bucket")) == (
        "  bucket = var.bucket\n"
        "  tags   = var.tags\n\n"
        "  lifecycle {\n"
        "    prevent_destroy = true\n\n"
        "    # The tags could not be read (permission `s3:Get` is missing).\n"
        "    ignore_changes = [tags, tags_all]\n"
        "  }"
    )


def test_the_provider_is_pinned_as_other_modules_pin_it_and_bound_to_the_account() -> None:
    found = texts(settings_of(), provider_version="~> 5.80")["versions.tf"]
    assert 'version = "~> 5.80"' in found
    assert 'allowed_account_ids = ["111111111111"]' in found
    unbound = texts(settings_of(new_backend(account=None)))["versions.tf"]
    assert "allowed_account_ids" not in unbound


def test_the_account_regional_namespace_takes_a_provider_that_knows_it() -> None:
    settings = settings_of(new_backend(account_regional=True))
    found = texts(settings, provider_version="~> 5.80")
    assert 'version = "~> 6.37"' in found["versions.tf"]
    assert 'bucket_namespace = "account-regional"' in found["main.tf"]


def test_the_declared_baseline_bounds_the_old_versions() -> None:
    wish = DeclaredBaseline(noncurrent_keep=5, noncurrent_days=30)
    settings = settings_of(baseline=wish)
    assert settings.lifecycle == (noncurrent_lifecycle_rule(keep=5, days=30),)


def test_the_partition_of_the_region_is_that_of_the_policy() -> None:
    settings = setup_settings(backend(), "cn-north-1", observed=None, baseline=DeclaredBaseline())
    assert f'"arn:aws-cn:s3:::{BUCKET}/*"' in str(settings.policy)
    inside = block(texts(settings)["main.tf"], resource("aws_s3_bucket_policy"))
    assert '[aws_s3_bucket.state.arn, "${aws_s3_bucket.state.arn}/*"]' in inside


def test_imports_name_what_is_known_to_exist_and_nothing_else() -> None:
    absent = texts(settings_of())["imports.tf"]
    assert absent.splitlines()[2:] == [
        "# Nothing that this module creates was there when this file was written."
    ]
    offline = texts(settings_offline())["imports.tf"]
    assert offline.splitlines()[2:] == [
        "# Nothing that can be imported is known to exist. What does exist is taken over with a block like",
        "#",
        "#   import {",
        "#     to = aws_s3_bucket.state",
        f'#     id = "{BUCKET}"',
        "#   }",
        "#",
        "# Not known, or in the way:",
        f"# - whether bucket `{BUCKET}` exists: the cloud was not read (`--offline`)",
        f"# - whether table `{TABLE}` exists: the cloud was not read (`--offline`)",
    ]
    there = texts(settings_of(observed()))["imports.tf"]
    assert there.count("import {") == 8
    assert there.endswith(f'import {{\n  to = aws_dynamodb_table.locks\n  id = "{TABLE}"\n}}\n')


def test_what_a_person_should_agree_to_is_said_beside_the_imports() -> None:
    found = of_bucket(
        lifecycle=lifecycle(),
        tags=Known({"Owner": "ops"}),
        versioning=Known(Versioning(status=VersioningStatus.SUSPENDED)),
    )["imports.tf"]
    assert [line for line in found.splitlines() if line.startswith(("# Look", "# -"))] == [
        "# Look at the plan before it is applied:",
        (
            f"# - resume versioning of bucket `{BUCKET}`: somebody suspended versioning:"
            " old versions will be kept, and paid for, again"
        ),
        (
            f"# - add lifecycle rule `holdfast-state-history` to bucket `{BUCKET}`:"
            " S3 will remove the oldest versions of everything in the bucket by these rules,"
            " also of what is no state"
        ),
    ]


def test_a_module_at_the_top_has_no_directory_in_its_paths() -> None:
    files = setup_module_files(settings_of(), ".")
    assert [each.path for each in files] == [
        "versions.tf",
        "variables.tf",
        "main.tf",
        "outputs.tf",
        "imports.tf",
        "README.md",
    ]
    assert all(each.content for each in files)  # each bears the mark that a generated file has


def test_the_bucket_that_is_there_may_be_in_another_region() -> None:
    found = of_bucket(region=Known("us-east-1"))["imports.tf"]
    assert f"# - bucket `{BUCKET}` is in us-east-1, and not in {REGION}" in found
