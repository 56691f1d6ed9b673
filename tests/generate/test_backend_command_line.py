"""Arguments, dotenv and outputs are read back as what they stand for."""

import re
import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.errors import DotenvValueError
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


CARRIED = replace(
    SETTINGS,
    arguments=BackendArguments(
        values={**SETTINGS.arguments.values, "profile": 'it\'s "mine"; (a, b) & c'}
    ),
)


def with_profile(value: str) -> BackendSettings:
    return replace(
        SETTINGS,
        arguments=BackendArguments(values={**SETTINGS.arguments.values, "profile": value}),
    )


def by_gitlab(text: str) -> dict[str, str]:
    """Read variables as GitLab does: everything behind the first `=`, without the spaces at its ends.

    Source: `Ci::ParseDotenvArtifactService`, which refuses lines without `=`.
    """
    found = {}
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"(.*?)=(.*)", line)
        assert match is not None, line
        found[match[1].strip()] = match[2].strip()
    return found


def by_docker(text: str) -> dict[str, str]:
    """Read variables as `docker run --env-file` does: everything behind the first `=` as it stands."""
    pairs = (line.partition("=") for line in text.split("\n")[:-1] if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def by_loader(text: str) -> dict[str, str]:
    """Read variables as the loaders of many languages do, the strictest rule of each.

    Quotes around a value are taken off; a value without them ends at a `#`, and a `\\` or `$` in it begins something.
    """
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        value = value.strip()
        if value[:1] in {"'", '"', "`"} and value.endswith(value[0]):
            value = value[1:-1]
        value = value.partition("#")[0]
        found[name] = re.sub(r"\\(.)|\$\w*", r"\1", value).rstrip()
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


def test_variables_have_the_same_value_for_every_reader_and_the_engine() -> None:
    text = dotenv_text(CARRIED)
    found = by_gitlab(text)
    assert found == by_docker(text) == by_loader(text)
    # The engine divides the arguments into words as a shell does (mattn/go-shellwords).
    assert tuple(shlex.split(found.pop("TF_CLI_ARGS_init"))) == init_arguments(CARRIED)
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


def test_no_value_is_quoted_and_no_line_is_anything_but_a_variable() -> None:
    lines = dotenv_text(CARRIED).splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Z_a-z]+=[^'\"#].*", line)] == []
    assert lines[-1] == (
        "TF_CLI_ARGS_init=-backend-config=bucket=msdp-terraform-state-dev -backend-config=encrypt=true"
        """ -backend-config=allowed_account_ids='["111111111111","222222222222"]'"""
        """ -backend-config=profile='it'"'"'s "mine"; (a, b) & c'"""
        """ -backend-config=assume_role='{role_arn="arn:aws:iam::111111111111:role/r",external_id="a b"}'"""
    )


@pytest.mark.parametrize(
    "value", ["a\nb", "a\rb", "a\u2028b", "a#b", "${a}", "$a", "C:\\a", "\ta", "a\x85b"]
)
def test_what_readers_would_not_read_alike_is_refused(value: str) -> None:
    with pytest.raises(DotenvValueError) as raised:
        dotenv_text(with_profile(value))
    assert raised.value.headline == (
        "the value of `TF_CLI_ARGS_init` cannot stand in a dotenv file"
    )
    with pytest.raises(DotenvValueError):
        dotenv_text(replace(SETTINGS, component=replace(COMPONENT, pipeline=value)))


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_a_value_is_refused_or_read_as_it_is_by_all(value: str) -> None:
    settings = with_profile(value)
    try:
        text = dotenv_text(settings)
    except DotenvValueError:
        return
    for found in (by_gitlab(text), by_docker(text), by_loader(text)):
        assert tuple(shlex.split(found["TF_CLI_ARGS_init"])) == init_arguments(settings)


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
