"""Command lines of the `aws` command, read as it would read them, without the command itself."""

import json
import shlex
from dataclasses import dataclass
from functools import cache

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, StructureShape

SERVICE = {"s3api": "s3", "dynamodb": "dynamodb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """One command line: the call that it makes. A wait is the call that it repeats."""

    service: str
    operation: str  # `put_bucket_policy`
    parameters: dict[str, object]
    shape: StructureShape
    region: str
    waits_for: str = ""


def read_command_line(command: str) -> CommandLine:
    """Read one command line; an option that there is not is a failed assertion."""
    aws, program, verb, *words = shlex.split(command)
    assert aws == "aws"
    service, waits_for = SERVICE[program], ""
    if verb == "wait":
        waits_for, words = words[0], words[1:]
        assert waits_for in waiters(service)
        verb = {"s3api": "head-bucket", "dynamodb": "describe-table"}[program]
    shape = operations(service)[verb].input_shape
    assert isinstance(shape, StructureShape)
    return CommandLine(
        service=service,
        operation=verb.replace("-", "_"),
        parameters=parameters(words, shape),
        shape=shape,
        region=words[words.index("--region") + 1],
        waits_for=waits_for,
    )


@cache
def operations(service: str) -> dict[str, OperationModel]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@cache
def waiters(service: str) -> set[str]:
    document = Loader().load_service_model(service, "waiters-2")
    return {xform_name(name, "-") for name in document["waiters"]}


def shorthand(text: str) -> dict[str, object]:
    """Read the `A=b,C=d` form of a structure."""
    pairs = [part.partition("=") for part in text.split(",")]
    return {name: {"true": True}.get(value, value) for name, _, value in pairs}


def parameters(words: list[str], shape: StructureShape) -> dict[str, object]:
    """Return what the options of a command line stand for."""
    members = {xform_name(name, "-"): name for name in shape.members}
    found: dict[str, object] = {}
    rest = iter(words)
    for word in rest:
        name = word.removeprefix("--")
        if name in {"region", "profile", "endpoint-url"}:
            next(rest)
            continue
        member = shape.members[members[name]]
        if member.type_name == "boolean":
            found[members[name]] = True
            continue
        text = next(rest)
        value: object = text
        if member.type_name in {"structure", "list"} and text[0] in "[{":
            value = json.loads(text)
        elif member.type_name == "structure":
            value = shorthand(text)
        elif member.type_name == "list":
            value = [shorthand(text)]
        found[members[name]] = value
    return found
