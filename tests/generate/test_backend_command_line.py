"""Arguments, dotenv and outputs are read back as what they stand for."""

import shlex
from dataclasses import replace

import pytest

from holdfast.generate.backend_arguments import BackendArguments
from holdfast.generate.backend_command_line import (
    dotenv_text,
    github_output_text,
    init_arguments,
    init_arguments_text,
)
from holdfast.generate.backend_json import backend_json_text
from holdfast.generate.backend_settings import BackendSettings
from tests.generate.components import COMPONENT

SETTINGS = BackendSettings(
    component=COMPONENT,
    arguments=BackendArguments(
        values={
            "bucket": "msdp-terraform-state-dev",
            "encrypt": True,
            "allowed_account_ids": ("111111111111", "222222222222"),
            "profile": 'it\'s "mine" ${now}; \\o/',
            "assume_role": {"role_arn": "arn:aws:iam::111111111111:role/r", "external_id": "a b"},
        }
    ),
)
ARGUMENTS = (
    "-backend-config=bucket=msdp-terraform-state-dev",
    "-backend-config=encrypt=true",
    '-backend-config=allowed_account_ids=["111111111111","222222222222"]',
    '-backend-config=profile=it\'s "mine" ${now}; \\o/',
    ('-backend-config=assume_role={role_arn="arn:aws:iam::111111111111:role/r",external_id="a b"}'),
)


def variables(text: str) -> dict[str, str]:
    """Read `name=value` lines as a POSIX shell does."""
    found = {}
    for line in text.splitlines():
        (assignment,) = shlex.split(line)
        name, _, value = assignment.partition("=")
        found[name] = value
    return found


def outputs(text: str) -> dict[str, str]:
    """Read a file of outputs as GitHub's runner does."""
    lines = iter(text.splitlines())
    found = {}
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc and "=" not in name:
            value = []
            while (each := next(lines)) != delimiter:
                value.append(each)
            found[name] = "\n".join(value)
        else:
            name, _, found[name] = line.partition("=")
    return found


def test_text_is_given_as_it_is_and_everything_else_as_an_expression() -> None:
    assert init_arguments(SETTINGS) == ARGUMENTS


def test_a_shell_reads_one_argument_on_each_line() -> None:
    lines = init_arguments_text(SETTINGS).splitlines()
    assert [shlex.split(line) for line in lines] == [[each] for each in ARGUMENTS]


def test_variables_are_read_by_a_shell() -> None:
    found = variables(dotenv_text(SETTINGS))
    # The engine divides the arguments into words as a shell does (mattn/go-shellwords).
    assert tuple(shlex.split(found.pop("TF_CLI_ARGS_init"))) == ARGUMENTS
    assert found == {
        "BACKEND_BUCKET": "msdp-terraform-state-dev",
        "BACKEND_KEY": COMPONENT.key,
        "BACKEND_REGION": "eu-west-1",
        "BACKEND_LOCK_TABLE": "msdp-terraform-locks-dev",
        "BACKEND_LOCKING": "dynamodb",
        "BACKEND_ENCRYPT": "true",
        "BACKEND_PIPELINE": COMPONENT.pipeline,
        "BACKEND_ACCOUNT_ID": "111111111111",
        "BACKEND_ACCOUNT_TYPE": "dev",
    }


def test_plain_values_stand_without_quotes_for_readers_that_would_keep_them() -> None:
    lines = dotenv_text(SETTINGS).splitlines()
    assert [line for line in lines[:-1] if "'" in line or '"' in line] == []
    assert not any(line.startswith("#") for line in lines)


def test_outputs_are_read_back_and_may_have_lines() -> None:
    found = outputs(github_output_text(SETTINGS))
    assert found["init_arguments"] == init_arguments_text(SETTINGS).rstrip("\n")
    assert found["json"] == backend_json_text(SETTINGS).rstrip("\n")
    assert found["bucket"] == "msdp-terraform-state-dev"
    assert list(found) == [
        "bucket",
        "key",
        "region",
        "lock_table",
        "locking",
        "encrypt",
        "pipeline",
        "account_id",
        "account_type",
        "init_arguments",
        "json",
    ]


@pytest.mark.parametrize("value", ["a\nbucket=other", "a\r\nEOF\nkey=other", "a<<EOF\n"])
def test_a_value_cannot_add_an_output(value: str) -> None:
    found = outputs(
        github_output_text(replace(SETTINGS, component=replace(COMPONENT, pipeline=value)))
    )
    assert found["pipeline"].splitlines() == value.splitlines()
    assert (found["bucket"], found["key"]) == ("msdp-terraform-state-dev", COMPONENT.key)
