"""A component's backend for command lines and pipelines: arguments of `init`, dotenv, GitHub outputs. Pure."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Mapping

from holdfast.core.hcl_strings import hcl_string
from holdfast.errors import DotenvValueError
from holdfast.generate.backend_arguments import ArgumentValue
from holdfast.generate.backend_json import backend_json_text
from holdfast.generate.backend_settings import BackendSettings

# What readers of dotenv files do not read alike: lines, comments, variables and escapes, spaces at the ends. No quotes
# would help: GitLab (`artifacts:reports:dotenv`) and `docker run --env-file` take them for a part of the value.
READ_DIFFERENTLY = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029#$\\]|^\s|\s$")
INIT_ARGUMENTS_VARIABLE = "TF_CLI_ARGS_init"
VARIABLE_PREFIX = "BACKEND_"


def init_arguments(settings: BackendSettings) -> tuple[str, ...]:
    """Return the arguments of `init`, as a program gets them."""
    return tuple(
        f"-backend-config={name}={_argument_value(value)}"
        for name, value in settings.arguments.values.items()
    )


def init_arguments_text(settings: BackendSettings) -> str:
    """Return the arguments of `init`, each on a line and quoted for a shell and for `xargs`."""
    return "".join(f"{shlex.quote(each)}\n" for each in init_arguments(settings))


def dotenv_text(settings: BackendSettings) -> str:
    """Return variables, one on a line, without comments and quotes: what every reader of dotenv files takes.

    With `TF_CLI_ARGS_init` the engine's `init` needs no arguments. Raises `DotenvValueError` for a value that readers would
    not read alike.
    """
    variables = {
        **{f"{VARIABLE_PREFIX}{name.upper()}": value for name, value in _facts(settings).items()},
        INIT_ARGUMENTS_VARIABLE: " ".join(map(_word, init_arguments(settings))),
    }
    for name, value in variables.items():
        if READ_DIFFERENTLY.search(value):
            raise DotenvValueError(name, value)
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def github_output_text(settings: BackendSettings) -> str:
    """Return outputs of a step, for the file that `GITHUB_OUTPUT` names."""
    outputs = {
        **_facts(settings),
        "init_arguments": init_arguments_text(settings).rstrip("\n"),
        "json": backend_json_text(settings).rstrip("\n"),
    }
    return "".join(_github_output(name, value) for name, value in outputs.items())


def _facts(settings: BackendSettings) -> Mapping[str, str]:
    component = settings.component
    backend = component.backend
    return {
        "bucket": backend.bucket,
        "key": component.key,
        "region": backend.region,
        "lock_table": backend.table or "",
        "locking": backend.locking.value,
        "encrypt": "true",
        "pipeline": component.pipeline,
        "account_id": backend.account.account,
        "account_type": backend.account.name,
    }


def _argument_value(value: ArgumentValue) -> str:
    """Return a value as the engine reads it: text as it is, everything else as an expression.

    Source: `configValueFromCLI` in Terraform's `internal/command`.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Mapping():
            fields = (f"{name}={hcl_string(each)}" for name, each in value.items())
            return f"{{{','.join(fields)}}}"
        case _:
            return f"[{','.join(hcl_string(each) for each in value)}]"


def _word(argument: str) -> str:
    """Return an argument as the engine reads it, which divides `TF_CLI_ARGS_init` into words as a shell does.

    Quotes in the middle of a word are taken off (seen with Terraform 1.11.4: "CLI command args" of its log). The quotes are around the value of the argument alone: a line that began with one would be unquoted by its readers.
    """
    option, _, setting = argument.partition("=")
    name, _, value = setting.partition("=")
    return f"{option}={name}={shlex.quote(value)}"


def _github_output(name: str, value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    # The value ends at a line that is the delimiter, so that no line of it may be.
    digest = hashlib.sha256(value.encode()).hexdigest()
    delimiter = f"holdfast_{digest}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
