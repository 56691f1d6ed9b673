"""The arguments that are generated for an engine are those that it takes."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.core.backends import Access, Locking
from holdfast.core.engine_ranges import engine_ranges
from holdfast.core.engine_regions import may_refuse_region
from holdfast.engine.pins import version_pins
from holdfast.generate.backend_arguments import (
    ArgumentValue,
    BackendArguments,
    Unfit,
    backend_arguments,
)
from holdfast.generate.backend_command_line import init_arguments
from holdfast.generate.backend_formats import (
    BLOCK_FORMATS,
    FILE_NAMES,
    BackendFormat,
    backend_text,
)
from holdfast.generate.backend_settings import BackendSettings
from tests.generate.components import ACCOUNT, BACKEND, COMPONENT
from tests.support.engines import RealEngine
from tests.support.fixtures import FreshAccount
from tests.support.real_terraform import Finished, Terraform

REGION = "eu-west-1"
EMPTY_BLOCK = 'terraform {\n  backend "s3" {}\n}\n'
INIT = ("init", "-input=false", "-no-color")
# One region for each engine that first knew some, one that was always there, and one that does not exist.
REGIONS = ("ap-east-2", "ap-southeast-6", "ca-west-1", "mx-central-1", "eu-west-1", "eu-south-9")


def made_for(
    engine: RealEngine, account: FreshAccount, *, locking: Locking, role: bool
) -> BackendArguments | Unfit:
    """Return the arguments for a backend of the account, which that version runs."""
    role_arn = f"arn:aws:iam::{account.id}:role/terraform" if role else None
    access = Access(role_arn=role_arn, session_name="holdfast" if role else None)
    backend = replace(
        BACKEND,
        account=replace(ACCOUNT, account=account.id, access=access),
        bucket=account.name("state"),
        table=account.name("locks") if locking.uses_table else None,
        locking=locking,
    )
    pins = version_pins(".terraform-version", str(engine.version).encode())
    return backend_arguments(backend, COMPONENT.key, engine_ranges(pins))


def initialised(
    engine: RealEngine, account: FreshAccount, directory: Path, arguments: BackendArguments
) -> Finished:
    """Run `init` with a generated partial file."""
    (directory / "main.tf").write_text(EMPTY_BLOCK, encoding="utf-8")
    settings = BackendSettings(component=COMPONENT, arguments=arguments)
    text = backend_text(settings, BackendFormat.HCL)
    (directory / "backend.hcl").write_text(text, encoding="utf-8")
    terraform = Terraform(directory, account.environment(REGION), engine=engine)
    return terraform.run(*INIT, "-backend-config=backend.hcl")


@pytest.mark.parametrize("role", [False, True], ids=["direct", "role"])
@pytest.mark.parametrize("locking", list(Locking))
def test_an_engine_takes_what_is_generated_for_it(
    engine: RealEngine, account: FreshAccount, tmp_path: Path, *, locking: Locking, role: bool
) -> None:
    account.clients.create_bucket(account.name("state"), region=REGION)
    arguments = made_for(engine, account, locking=locking, role=role)
    if locking is Locking.LOCKFILE and not engine.has_lockfile:
        assert isinstance(arguments, Unfit)
        return
    assert isinstance(arguments, BackendArguments)
    assert ("use_lockfile" in arguments.values) is (locking.uses_lockfile and engine.has_lockfile)
    found = initialised(engine, account, tmp_path, arguments)
    assert (found.status, found.errors) == (0, "")


def test_an_engine_takes_them_on_its_command_line(
    engine: RealEngine, account: FreshAccount, tmp_path: Path
) -> None:
    account.clients.create_bucket(account.name("state"), region=REGION)
    arguments = made_for(engine, account, locking=Locking.DYNAMODB, role=True)
    assert isinstance(arguments, BackendArguments)
    (tmp_path / "main.tf").write_text(EMPTY_BLOCK, encoding="utf-8")
    terraform = Terraform(tmp_path, account.environment(REGION), engine=engine)
    settings = BackendSettings(component=COMPONENT, arguments=arguments)
    found = terraform.run(*INIT, *init_arguments(settings))
    assert (found.status, found.errors) == (0, "")


def test_an_engine_takes_them_from_a_variable_as_gitlab_and_docker_set_it(
    engine: RealEngine, account: FreshAccount, tmp_path: Path
) -> None:
    account.clients.create_bucket(account.name("state"), region=REGION)
    arguments = made_for(engine, account, locking=Locking.DYNAMODB, role=True)
    assert isinstance(arguments, BackendArguments)
    (tmp_path / "main.tf").write_text(EMPTY_BLOCK, encoding="utf-8")
    text = backend_text(
        BackendSettings(component=COMPONENT, arguments=arguments), BackendFormat.DOTENV
    )
    variables = dict(line.split("=", 1) for line in text.splitlines())
    # The engine as a library does not read `TF_CLI_ARGS_init`; the program divides it as a shell does.
    words = shlex.split(variables["TF_CLI_ARGS_init"])
    found = Terraform(tmp_path, account.environment(REGION), engine=engine).run(*INIT, *words)
    assert (found.status, found.errors) == (0, "")
    cache = json.loads((tmp_path / ".terraform/terraform.tfstate").read_text(encoding="utf-8"))
    taken = cache["backend"]["config"]
    assert (taken["bucket"], taken["allowed_account_ids"]) == (account.name("state"), [account.id])


@pytest.mark.parametrize("backend_format", sorted(BLOCK_FORMATS))
def test_an_engine_takes_a_generated_block(
    engine: RealEngine, account: FreshAccount, tmp_path: Path, backend_format: BackendFormat
) -> None:
    account.clients.create_bucket(account.name("state"), region=REGION)
    arguments = made_for(engine, account, locking=Locking.DYNAMODB, role=True)
    assert isinstance(arguments, BackendArguments)
    text = backend_text(BackendSettings(component=COMPONENT, arguments=arguments), backend_format)
    (tmp_path / FILE_NAMES[backend_format]).write_text(text, encoding="utf-8")
    found = Terraform(tmp_path, account.environment(REGION), engine=engine).run(*INIT)
    assert (found.status, found.errors) == (0, "")


@pytest.mark.parametrize("region", REGIONS)
def test_an_engine_refuses_the_regions_that_are_said_to_be_unknown_to_it(
    engine: RealEngine, account: FreshAccount, tmp_path: Path, region: str
) -> None:
    pins = version_pins(".terraform-version", str(engine.version).encode())
    (engines,) = engine_ranges(pins)
    values: dict[str, ArgumentValue] = {
        "bucket": account.name("nowhere"),
        "key": "state",
        "region": region,
    }
    plain = initialised(engine, account, tmp_path, BackendArguments(values=values))
    assert plain.status == 1
    assert ("Invalid AWS Region" in plain.errors) is may_refuse_region(engines, region)
    skipping = {**values, "skip_region_validation": True}
    skipped = initialised(engine, account, tmp_path, BackendArguments(values=skipping))
    assert "Invalid AWS Region" not in skipped.errors
