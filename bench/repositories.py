"""Generate repositories of a given size, in the proportions in which people write them.

Measured on 26 public repositories (16 338 HCL files): one file in 24 holds a backend block, half of the
blocks are literal, a third names the key only, a fifth is empty, and there are a fifth as many files of
backend arguments. The rest is resources, variables, modules and documents.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENTS = ("dev", "staging", "prod")
REGIONS = ("eu-west-1", "us-east-1")
TOPICS = (
    "alarms",
    "cache",
    "compute",
    "data",
    "database",
    "dns",
    "iam",
    "keys",
    "logs",
    "network",
    "queues",
    "secrets",
)
ROOT_FILES = (
    10  # of a root: main, backend, variables, outputs, versions, data, iam, network, tags, README
)
MODULE_FILES = 5


def generate(directory: Path, *, files: int) -> None:
    """Write `files` files below a directory: roots, the modules they call, and documents."""
    for path, text in itertools.islice(contents(), files):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def contents() -> Iterator[tuple[str, str]]:
    """Yield paths and texts, root after root, without end."""
    number = 0
    while True:
        component = f"component-{number:05}"
        for environment in ENVIRONMENTS:
            yield from _root(f"infrastructure/{component}/{environment}", number, environment)
        yield from _module(f"modules/{component}", number)
        number += 1


def _root(path: str, number: int, environment: str) -> Iterator[tuple[str, str]]:
    region = REGIONS[number % len(REGIONS)]
    key = f"{path}/terraform.tfstate"
    bucket = f"acme-terraform-state-{environment}-{region}"
    match number % 10:
        case 0 | 1 | 2 | 3 | 4:
            body = (
                f'    bucket         = "{bucket}"\n    key            = "{key}"\n'
                f'    region         = "{region}"\n    dynamodb_table = "acme-locks-{region}"\n'
                "    encrypt        = true\n"
            )
        case 5 | 6 | 7:
            body = f'    key = "{key}"\n'
        case _:
            body = ""
    yield f"{path}/backend.tf", f'terraform {{\n  backend "s3" {{\n{body}  }}\n}}\n'
    if number % 10 > 7:
        yield (
            f"{path}/backend.hcl",
            f'bucket = "{bucket}"\nkey = "{key}"\nregion = "{region}"\nuse_lockfile = true\n',
        )
    else:
        yield f"{path}/README.md", "# A component\n\n" + "It has a state of its own.\n" * 40
    yield f"{path}/versions.tf", _versions(number)
    yield f"{path}/main.tf", _module_call(number) + _resources(number, 12)
    yield f"{path}/variables.tf", _variables(number, 10)
    yield f"{path}/outputs.tf", _outputs(10)
    yield f"{path}/provider.tf", f'provider "aws" {{\n  region = "{region}"\n}}\n'
    for name in TOPICS:
        yield f"{path}/{name}.tf", _resources(number, 8)


def _module(path: str, number: int) -> Iterator[tuple[str, str]]:
    yield f"{path}/main.tf", _resources(number, 16)
    yield f"{path}/variables.tf", _variables(number, 16)
    yield f"{path}/outputs.tf", _outputs(8)
    yield f"{path}/storage.tf", _buckets(number, 3)
    for name in TOPICS:
        yield f"{path}/{name}.tf", _resources(number, 10)
    yield f"{path}/policies.json", '{"Version": "2012-10-17", "Statement": []}\n' * 20


def _versions(number: int) -> str:
    """Return one of a few texts: people copy this file from root to root."""
    return (
        f'terraform {{\n  required_version = ">= 1.{number % 5 + 5}"\n  required_providers {{\n'
        '    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.0"\n    }\n  }\n}\n'
    )


def _module_call(number: int) -> str:
    return f'module "this" {{\n  source = "../../../modules/component-{number:05}"\n}}\n\n'


def _resources(number: int, count: int) -> str:
    return "".join(
        f'resource "aws_sqs_queue" "queue_{index}" {{\n  name = "queue-{number}-{index}"\n'
        '  tags = {\n    team = "platform"\n  }\n}\n\n'
        for index in range(count)
    )


def _buckets(number: int, count: int) -> str:
    return "".join(
        f'resource "aws_s3_bucket" "assets_{index}" {{\n  bucket = "assets-{number}-{index}"\n}}\n\n'
        for index in range(count)
    )


def _variables(number: int, count: int) -> str:
    return "".join(
        f'variable "value_{index}" {{\n  type        = string\n  description = "Value {index}."\n'
        f'  default     = "{number}"\n}}\n\n'
        for index in range(count)
    )


def _outputs(count: int) -> str:
    return "".join(
        f'output "value_{index}" {{\n  value = var.value_{index}\n}}\n\n' for index in range(count)
    )
