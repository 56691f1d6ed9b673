"""How long it takes to read a large declaration and to make its components, against parsing its YAML alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from bench.measuring import Row, table
from bench.scan import in_turn
from holdfast.core.components import Components, components_of
from holdfast.declaration.reading import read_declaration

COMPONENTS = 5_000
READ_BUDGET = 5.0
PLATFORMS = ("azure", "aws", "shared")
ENVIRONMENTS = ("dev", "staging", "prod")
HEAD = """\
version: 1
organization: msdp
naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{region}][/{instance}]/terraform.tfstate"
accounts: {dev: {id: "111111111111"}, prod: {id: "222222222222"}}
backends:
  dev: {account: dev, region: eu-west-1, locking: dynamodb}
  prod: {account: prod, region: eu-west-1, locking: lockfile}
environments: {dev: dev, staging: dev, prod: prod}
layout: {roots: ["infrastructure/{platform}/{component}/{environment}/{instance}"]}
fields: {platform: [azure, aws, shared]}
components:
"""


def run() -> list[Row]:
    """Measure the reading of a generated declaration."""
    text = HEAD + "".join(map(_component, range(COMPONENTS)))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "holdfast.yaml"
        path.write_text(text, encoding="utf-8")
        found = _read(path)
        assert not found.mistakes
        assert len(found.components) == COMPONENTS
        ours_seconds, yaml_seconds = in_turn(
            lambda: _read(path), lambda: yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        )
    return [
        Row(
            measure=f"declaration of {COMPONENTS} components",
            ours=ours_seconds,
            yardstick="yaml.load with libyaml",
            theirs=yaml_seconds,
            budget=READ_BUDGET,
        )
    ]


def _read(path: Path) -> Components:
    return components_of(read_declaration(path))


def _component(number: int) -> str:
    platform = PLATFORMS[number % len(PLATFORMS)]
    environment = ENVIRONMENTS[number // 9 % len(ENVIRONMENTS)]
    return (
        f"  - {{platform: {platform}, component: service-{number // 3}, environment: {environment},"
        f" instance: i-{number}}}\n"
    )


if __name__ == "__main__":
    print(table(run()))
