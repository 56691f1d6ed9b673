"""What is generated is what the engine reads, in every format, and it would not lay it out otherwise."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.app.scan import scan_repository
from holdfast.core.repository import LiteralValue
from holdfast.generate.backend_arguments import ArgumentValue, BackendArguments
from holdfast.generate.backend_formats import FILE_NAMES, BackendFormat, backend_text
from holdfast.generate.backend_settings import BackendSettings
from tests.generate.components import COMPONENT
from tests.support.fixtures import FreshAccount
from tests.support.real_terraform import Terraform, write_terraform_command

REGION = "eu-west-1"
EMPTY_BLOCK = 'terraform {\n  backend "s3" {}\n}\n'
# What none of the formats may take for a part of itself.
KEY = 'it\'s/"${one}"/%{ two }/$${three}/\\four/ü $(five) `six` ;/terraform.tfstate'
INIT = "init -input=false -no-color"


def settings_of(account: FreshAccount, key: str = KEY) -> BackendSettings:
    """Return settings with an argument of each kind."""
    values: dict[str, ArgumentValue] = {
        "bucket": account.name("state"),
        "key": key,
        "region": REGION,
        "encrypt": True,
        "use_lockfile": True,
        "allowed_account_ids": (account.id, "999999999999"),
        "assume_role": {
            "role_arn": f"arn:aws:iam::{account.id}:role/terraform",
            "session_name": "holdfast",
            "external_id": "a,b=c@d:e/f-g",
        },
        "skip_region_validation": True,
    }
    return BackendSettings(component=COMPONENT, arguments=BackendArguments(values=values))


def read_by_the_engine(directory: Path) -> dict[str, object]:
    """Return the arguments that the directory is initialised with, in the engine's own words."""
    text = (directory / ".terraform/terraform.tfstate").read_text(encoding="utf-8")
    config = json.loads(text)["backend"]["config"]
    return {name: _without_nothing(value) for name, value in config.items() if value is not None}


def _without_nothing(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: each for name, each in value.items() if each is not None}
    return value


def given(settings: BackendSettings) -> dict[str, object]:
    """Return the arguments as JSON has them."""
    return {
        name: sorted(value) if isinstance(value, tuple) else value
        for name, value in settings.arguments.values.items()
    }


def run_shell(account: FreshAccount, directory: Path, command: str) -> None:
    """Run what people type, with `terraform` on the path."""
    programs = directory.with_name("programs")
    programs.mkdir()
    write_terraform_command(programs)
    environment = {
        **{
            name: value
            for name, value in account.environment(REGION).items()
            if not name.startswith("TF_")
        },
        "CHECKPOINT_DISABLE": "1",
        "PATH": os.pathsep.join((str(programs), os.environ["PATH"])),
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        ["sh", "-eu", "-c", command],
        cwd=directory,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def directory(account: FreshAccount, tmp_path: Path) -> Path:
    """An empty root, whose bucket is there."""
    account.clients.create_bucket(account.name("state"), region=REGION)
    made = tmp_path / "root"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    ("backend_format", "arguments"),
    [
        (BackendFormat.HCL, ("-backend-config=backend.hcl",)),
        (BackendFormat.TF, ()),
        (BackendFormat.TF_JSON, ()),
    ],
)
def test_the_engine_reads_from_a_file_what_is_meant(
    account: FreshAccount,
    directory: Path,
    backend_format: BackendFormat,
    arguments: tuple[str, ...],
) -> None:
    settings = settings_of(account)
    if backend_format is BackendFormat.HCL:
        (directory / "main.tf").write_text(EMPTY_BLOCK, encoding="utf-8")
    text = backend_text(settings, backend_format)
    (directory / FILE_NAMES[backend_format]).write_text(text, encoding="utf-8")
    engine = Terraform(directory, account.environment(REGION))
    assert engine.succeed("init", "-input=false", "-no-color", *arguments).errors == ""
    assert read_by_the_engine(directory) == given(settings)


@pytest.mark.parametrize(
    ("backend_format", "command"),
    [
        (BackendFormat.ARGUMENTS, f"xargs terraform {INIT} < generated"),
        (BackendFormat.ARGUMENTS, f'eval "terraform {INIT} $(tr "\\n" " " < generated)"'),
    ],
)
def test_the_engine_is_given_on_a_command_line_what_is_meant(
    account: FreshAccount, directory: Path, backend_format: BackendFormat, command: str
) -> None:
    settings = settings_of(account)
    (directory / "main.tf").write_text(EMPTY_BLOCK, encoding="utf-8")
    text = backend_text(settings, backend_format)
    (directory / "generated").write_text(text, encoding="utf-8")
    run_shell(account, directory, command)
    assert read_by_the_engine(directory) == given(settings)


@pytest.mark.parametrize(
    "backend_format", [BackendFormat.HCL, BackendFormat.TF, BackendFormat.TERRAGRUNT]
)
def test_the_engine_would_not_lay_it_out_otherwise(
    account: FreshAccount, directory: Path, backend_format: BackendFormat
) -> None:
    settings = settings_of(account)
    short = replace(settings, arguments=BackendArguments(values={"bucket": "b", "key": "k"}))
    # `fmt` looks at files by their names; one with variables has the layout of a partial file.
    suffix = ".tf" if backend_format is BackendFormat.TF else ".tfvars"
    for name, each in (("long", settings), ("short", short)):
        text = backend_text(each, backend_format)
        (directory / f"{name}{suffix}").write_text(text, encoding="utf-8")
    engine = Terraform(directory, account.environment(REGION))
    found = engine.run("fmt", "-check", "-diff", "-no-color")
    assert (found.status, found.output, found.errors) == (0, "", "")


def test_the_layout_of_another_hand_is_noticed(account: FreshAccount, directory: Path) -> None:
    (directory / "long.tfvars").write_text('key = "k"\nregion = "r"\n', encoding="utf-8")
    engine = Terraform(directory, account.environment(REGION))
    assert engine.run("fmt", "-check", "-no-color").status != 0


def test_what_terragrunt_includes_is_read_as_its_remote_state(
    account: FreshAccount, directory: Path
) -> None:
    settings = settings_of(account, COMPONENT.key)
    text = backend_text(settings, BackendFormat.TERRAGRUNT)
    (directory / "terragrunt.hcl").write_text(text, encoding="utf-8")
    (root,) = scan_repository(directory).roots
    (configuration,) = root.configurations
    read: dict[str, LiteralValue] = {
        name: configuration.literal(name) for name in settings.arguments.values
    }
    assert (root.backend_type, read) == ("s3", settings.arguments.values)
