from holdfast.core.cloud import Encryption
from holdfast.core.facts import Known
from holdfast.core.repository import Place, SetupModule, SetupPart
from holdfast.core.source import SourceSpan
from holdfast.generate.setup_module_followed import (
    files_beside,
    import_addresses,
    lacking,
    remarks_about,
)
from tests.generate.setups import new_backend, settings_of
from tests.rules.fleets import (
    BUCKET,
    DENIED,
    TABLE,
    Changes,
    healthy_bucket,
    lifecycle,
    observed,
    withheld_bucket,
)

PARTS = (
    ("aws_s3_bucket", "aws_s3_bucket.tf", BUCKET),
    ("aws_s3_bucket.lifecycle.prevent_destroy", "aws_s3_bucket.tf", BUCKET),
    ("aws_s3_bucket_policy", "aws_s3_bucket_policy.tf", BUCKET),
    ("aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_lifecycle_configuration.tf", BUCKET),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_server_side_encryption_configuration.tf",
        BUCKET,
    ),
    ("aws_dynamodb_table", "module.locks.aws_dynamodb_table.tf", TABLE),
)


def module(*parts: tuple[str, str, str | None]) -> SetupModule:
    return SetupModule(
        path="setup",
        place=Place.LIVE,
        creations=(),
        files=("setup/main.tf",),
        backend_type="local",
        region=None,
        parts=tuple(
            SetupPart(kind=kind, address=address, owner=owner, span=SourceSpan("setup/main.tf", 1))
            for kind, address, owner in parts
        ),
    )


def imports_of(*parts: tuple[str, str, str | None], **changes: Changes) -> str:
    settings = settings_of(observed(bucket=healthy_bucket(**changes)))
    (imports, readme) = files_beside(settings, module(*parts), pattern="other/setup")
    assert (imports.path, readme.path) == ("setup/imports.tf", "setup/README.md")
    assert "It has the structure of `other/setup`." in readme.text
    return imports.text


def comments(text: str) -> list[str]:
    return [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# -")]


def test_resources_of_the_bucket_and_the_table_are_imported_where_the_module_has_them() -> None:
    assert import_addresses(settings_of(), module(*PARTS)) == {
        "aws_s3_bucket": "aws_s3_bucket.tf",
        "aws_s3_bucket_policy": "aws_s3_bucket_policy.tf",
        "aws_s3_bucket_lifecycle_configuration": "aws_s3_bucket_lifecycle_configuration.tf",
        "aws_s3_bucket_server_side_encryption_configuration": (
            "aws_s3_bucket_server_side_encryption_configuration.tf"
        ),
        "aws_dynamodb_table": "module.locks.aws_dynamodb_table.tf",
    }


def test_what_belongs_to_another_bucket_or_is_there_twice_is_not_imported() -> None:
    logs = ("aws_s3_bucket", "aws_s3_bucket.logs", "logs")
    first = ("aws_s3_bucket_policy", "aws_s3_bucket_policy.a", BUCKET)
    second = ("aws_s3_bucket_policy", "aws_s3_bucket_policy.b", BUCKET)
    inline = ("aws_s3_bucket_versioning", "aws_s3_bucket.tf", BUCKET)
    found = import_addresses(settings_of(), module(PARTS[0], logs, first, second, inline))
    assert found == {"aws_s3_bucket": "aws_s3_bucket.tf"}


def test_blocks_ask_for_an_engine_that_knows_them() -> None:
    text = imports_of(*PARTS)
    assert 'terraform {\n  required_version = ">= 1.5"\n}\n\nimport {\n' in text
    assert text.count("import {") == 5


def test_a_bucket_whose_place_in_the_module_is_not_known_is_said() -> None:
    text = imports_of(("aws_s3_bucket", "aws_s3_bucket.tf", None))
    assert "import {\n  to" not in "\n".join(
        line for line in text.splitlines() if not line.startswith("#")
    )
    assert comments(text)[:2] == [
        f"- `{BUCKET}` exists, and where the module has it is not known",
        f"- `{TABLE}` exists, and where the module has it is not known",
    ]


def test_what_the_text_of_the_pattern_would_replace_is_said() -> None:
    rule = {"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}}
    text = imports_of(
        *PARTS,
        lifecycle=lifecycle(rule),
        encryption=Known(Encryption(algorithm="aws:kms", key="alias/mine")),
        tags=Known({"Owner": "ops"}),
    )
    assert comments(text) == [
        "- the policy of the bucket is replaced by the one of this module",
        "- the lifecycle rules of the bucket are replaced by those of this module",
        "- the bucket is encrypted with aws:kms, key alias/mine",
        "- the bucket has tags that this module may not have: `Owner`",
    ]


def test_what_could_not_be_read_may_be_replaced_too() -> None:
    settings = settings_of(observed(bucket=withheld_bucket()))
    (imports, _) = files_beside(settings, module(*PARTS), pattern="other/setup")
    assert comments(imports.text)[-3:] == [
        "- the policy of the bucket is replaced by the one of this module",
        "- the lifecycle rules of the bucket are replaced by those of this module",
        "- the tags of the bucket could not be read, and are replaced by those of this module",
    ]


def test_what_the_module_does_not_set_is_not_replaced() -> None:
    assert comments(imports_of(PARTS[0], PARTS[-1], tags=DENIED)) == [
        "- the tags of the bucket could not be read, and are replaced by those of this module"
    ]


def test_of_a_new_bucket_nothing_is_replaced() -> None:
    settings = settings_of(new_backend())
    (imports, _) = files_beside(settings, module(*PARTS), pattern="other/setup")
    assert comments(imports.text) == []


def test_arguments_of_a_resource_that_is_lacking_are_not_listed() -> None:
    whole = module(*PARTS)
    poorer = module(PARTS[0])
    assert lacking(poorer, whole) == [
        "aws_s3_bucket.lifecycle.prevent_destroy",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_dynamodb_table",
    ]
    assert list(remarks_about(whole, pattern=whole, whole=whole)) == []
    (remark,) = remarks_about(poorer, pattern=module(*PARTS[1:]), whole=whole)
    assert remark == (
        "`setup` lacks 1 part of the baseline, and so does the module after it;"
        " `--own-structure` writes the whole one:\n  aws_s3_bucket"
    )
