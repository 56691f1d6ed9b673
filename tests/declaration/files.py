"""Declarations for the tests of this folder: written to a file, read, and told apart."""

from pathlib import Path
from textwrap import dedent

import pytest

from holdfast.core.declaration import Declaration
from holdfast.declaration.reading import read_declaration
from holdfast.errors import DeclarationInvalidError

NAME = "holdfast.yaml"

WHOLE = """\
version: 1
organization: msdp

naming:
  bucket: "{organization}-terraform-state-{account}[-{region_code}]"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
  pipeline: "{component:lower:20}@{environment}"

accounts:
  dev: {id: "111111111111", profile: msdp-dev}
  prod:
    id: "022222222222"
    profile: sign-in
    role: "arn:aws:iam::022222222222:role/teams/terraform-backend"
    external_id: "msdp/prod"

backends:
  dev: {account: dev, region: eu-west-1, locking: dynamodb}
  prod:
    account: prod
    region: eu-central-1
    locking: lockfile
    bucket: msdp-prod-state-legacy
    kms_key: arn:aws:kms:eu-central-1:022222222222:key/01234567-89ab-4cde-8f01-23456789abcd
    tags: {Team: platform, Cost centre: "1234"}
  regional:
    account: prod
    region: eu-west-1
    locking: both
    bucket: state-022222222222-eu-west-1-an
    lock_table: Locks_of.prod
    account_regional: true

baseline:
  encryption: {kms_key: "arn:aws:kms:eu-west-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef"}
  noncurrent_versions: {keep: 50, days: 90}

environments:
  dev: dev
  prod: {eu-west-1: regional, eu-central-1: prod}

layout:
  roots: ["./infrastructure/{platform}/{component}/{environment}/"]
  setup: infrastructure/setup/{backend}
  file: backend.tf

fields:
  platform: [azure, aws]

components:
  - {platform: azure, component: network, environment: dev}
  - platform: aws
    component: eks
    environment: prod
    region: eu-central-1
    instance: "01"

ignore:
  - {rule: bucket-access-logging-off, backend: dev, reason: "CloudTrail data events cover it"}
  - rule: key-suspicious
    root: ./live/old/
    reason: |
      Moved next quarter.
"""


def declared(directory: Path, text: str) -> Declaration:
    """Read a declaration from text."""
    path = directory / NAME
    path.write_text(dedent(text), encoding="utf-8")
    return read_declaration(path, directory=directory)


def mistakes(directory: Path, content: str | bytes) -> list[str]:
    """Return what is wrong with a declaration, each as `line:column words`."""
    path = directory / NAME
    path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    with pytest.raises(DeclarationInvalidError) as caught:
        read_declaration(path)
    return [f"{place.removeprefix(f'{path}:')} {words}" for place, words in caught.value.facts]
