"""The backend of a component in every format, whole."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from holdfast.core.backends import Access, Locking
from holdfast.core.generated import is_generated
from holdfast.generate.backend_arguments import BackendArguments, backend_arguments
from holdfast.generate.backend_formats import (
    FILE_NAMES,
    BackendFormat,
    backend_text,
    format_of_file,
)
from holdfast.generate.backend_json import backend_list_json_text
from holdfast.generate.backend_settings import NOTICE, BackendSettings
from tests.generate.components import COMPONENT, KEY, backend_with
from tests.support.source_tree import ROOT

SCHEMA = ROOT / "src/holdfast/generate/schemas/backend-v1.json"
ROLE = "arn:aws:iam::111111111111:role/terraform"


def settings(
    access: Access = Access(),  # noqa: B008 - it is frozen
    *,
    locking: Locking = Locking.DYNAMODB,
) -> BackendSettings:
    backend = backend_with(access, locking=locking)
    arguments = backend_arguments(backend, KEY)
    assert isinstance(arguments, BackendArguments)
    return BackendSettings(component=replace(COMPONENT, backend=backend), arguments=arguments)


WITH_ROLE = settings(Access(role_arn=ROLE, external_id="holdfast-1"))


def test_a_partial_file_holds_the_arguments() -> None:
    assert backend_text(settings(locking=Locking.BOTH), BackendFormat.HCL) == (
        f"# {NOTICE}\n"
        "\n"
        'bucket              = "msdp-terraform-state-dev"\n'
        'key                 = "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"\n'
        'region              = "eu-west-1"\n'
        "encrypt             = true\n"
        'dynamodb_table      = "msdp-terraform-locks-dev"\n'
        "use_lockfile        = true\n"
        'allowed_account_ids = ["111111111111"]\n'
    )


def test_a_backend_block_holds_them_in_a_terraform_block() -> None:
    assert backend_text(WITH_ROLE, BackendFormat.TF) == (
        f"# {NOTICE}\n"
        "\n"
        "terraform {\n"
        '  backend "s3" {\n'
        '    bucket              = "msdp-terraform-state-dev"\n'
        '    key                 = "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"\n'
        '    region              = "eu-west-1"\n'
        "    encrypt             = true\n"
        '    dynamodb_table      = "msdp-terraform-locks-dev"\n'
        '    allowed_account_ids = ["111111111111"]\n'
        "\n"
        "    assume_role = {\n"
        f'      role_arn    = "{ROLE}"\n'
        '      external_id = "holdfast-1"\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def test_a_block_as_json_has_its_mark_where_the_engine_leaves_it_out() -> None:
    assert json.loads(backend_text(WITH_ROLE, BackendFormat.TF_JSON)) == {
        "//": NOTICE,
        "terraform": {
            "backend": {
                "s3": {
                    "bucket": "msdp-terraform-state-dev",
                    "key": KEY,
                    "region": "eu-west-1",
                    "encrypt": True,
                    "dynamodb_table": "msdp-terraform-locks-dev",
                    "allowed_account_ids": ["111111111111"],
                    "assume_role": {"role_arn": ROLE, "external_id": "holdfast-1"},
                }
            }
        },
    }


def test_terragrunt_gets_a_remote_state_and_makes_no_bucket_of_its_own() -> None:
    assert backend_text(settings(), BackendFormat.TERRAGRUNT) == (
        f"# {NOTICE}\n"
        "\n"
        "remote_state {\n"
        '  backend = "s3"\n'
        "\n"
        "  # Bucket and table have a setup module: terragrunt must not create others.\n"
        "  disable_init = true\n"
        "\n"
        "  generate = {\n"
        '    path      = "backend.tf"\n'
        '    if_exists = "overwrite_terragrunt"\n'
        "  }\n"
        "\n"
        "  config = {\n"
        '    bucket              = "msdp-terraform-state-dev"\n'
        '    key                 = "azure/aks/dev/aks-msdp-dev-01/terraform.tfstate"\n'
        '    region              = "eu-west-1"\n'
        "    encrypt             = true\n"
        '    dynamodb_table      = "msdp-terraform-locks-dev"\n'
        '    allowed_account_ids = ["111111111111"]\n'
        "  }\n"
        "}\n"
    )


def test_the_document_says_everything_that_a_pipeline_asks_for() -> None:
    assert json.loads(backend_text(settings(), BackendFormat.JSON)) == {
        "document": "holdfast-backend",
        "version": 1,
        "generated": NOTICE,
        "bucket": "msdp-terraform-state-dev",
        "key": KEY,
        "region": "eu-west-1",
        "lock_table": "msdp-terraform-locks-dev",
        "locking": "dynamodb",
        "encrypt": True,
        "pipeline": "azure-aks-dev-aks-msdp-dev-01",
        "arguments": {
            "bucket": "msdp-terraform-state-dev",
            "key": KEY,
            "region": "eu-west-1",
            "encrypt": True,
            "dynamodb_table": "msdp-terraform-locks-dev",
            "allowed_account_ids": ["111111111111"],
        },
        "metadata": {
            "account_id": "111111111111",
            "account_type": "dev",
            "backend": "dev",
            "root": "infrastructure/azure/aks/dev",
            "fields": {
                "platform": "azure",
                "component": "aks",
                "environment": "dev",
                "instance": "aks-msdp-dev-01",
            },
        },
    }


def test_several_components_are_one_document() -> None:
    one, two = settings(), settings(locking=Locking.LOCKFILE)
    document = json.loads(backend_list_json_text([one, two]))
    assert document == {
        "document": "holdfast-backends",
        "version": 1,
        "generated": NOTICE,
        "components": [json.loads(backend_text(each, BackendFormat.JSON)) for each in (one, two)],
    }
    assert document["components"][1]["lock_table"] is None


@pytest.mark.parametrize("backend_format", list(FILE_NAMES))
def test_what_goes_into_a_file_is_marked_and_the_same_each_time(
    backend_format: BackendFormat,
) -> None:
    text = backend_text(WITH_ROLE, backend_format)
    assert is_generated(text)
    assert text == backend_text(WITH_ROLE, backend_format)
    assert format_of_file(FILE_NAMES[backend_format]) is backend_format


@pytest.mark.parametrize(
    ("name", "backend_format"),
    [
        ("dev.s3.tfbackend", BackendFormat.HCL),
        ("config.hcl", BackendFormat.HCL),
        ("state.tf", BackendFormat.TF),
        ("state.tf.json", BackendFormat.TF_JSON),
        ("state.json", BackendFormat.JSON),
        ("terragrunt.hcl", BackendFormat.TERRAGRUNT),
        ("backend.conf", None),
    ],
)
def test_the_name_of_a_file_says_its_format(
    name: str, backend_format: BackendFormat | None
) -> None:
    assert format_of_file(name) is backend_format


@pytest.mark.parametrize("locking", list(Locking))
def test_the_documents_are_as_their_schema_says(locking: Locking) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    every = [settings(locking=locking), WITH_ROLE]
    for text in (
        *(backend_text(each, BackendFormat.JSON) for each in every),
        backend_list_json_text(every),
    ):
        Draft202012Validator(schema).validate(json.loads(text))
