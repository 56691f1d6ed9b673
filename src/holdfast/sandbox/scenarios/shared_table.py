"""Scenario `shared-table`: one bucket and one lock table for all components of an account.

Three components use the names that exist. An old root uses others, without the environment, and a key off
the pattern; and the team's written convention disagrees with everything that exists. `shared-table-declared` is the
same fleet after somebody has written its declaration.
"""

from dataclasses import dataclass, replace

from holdfast.sandbox.scenarios.model import (
    RepositoryFile,
    Scenario,
    SeedBucket,
    SeedState,
    SeedTable,
    state_body,
)
from holdfast.sandbox.scenarios.terraform_code import backend_settings, component_main

REGION = "eu-west-1"
BUCKET = "msdp-terraform-state-dev"
TABLE = "msdp-terraform-locks-dev"
OLD_ROOT = "infrastructure/addons/aws-dev"

_CONVENTION = """\
# Names of Terraform backends

| what | pattern |
|---|---|
| bucket | `{prefix}-{org}-{account_type}-{region_code}-{suffix}`, prefix `tf-state` |
| lock table | `{prefix}-{org}-{account_type}-{region_code}`, prefix `tf-locks` |

The region code of eu-west-1 is `euw1`. The suffix has 8 hexadecimal digits and is stable for organisation,
account type and region. A name has at most 63 characters.
"""

DECLARATION = """\
version: 1
organization: msdp

naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
  pipeline: "{platform}-{component}-{environment}[-{instance}]"

accounts:
  dev: {id: "111111111111"}

backends:
  dev: {account: dev, region: eu-west-1, locking: dynamodb}

environments: {dev: dev}

fields:
  platform: [azure, aws, shared]

layout:
  roots: ["infrastructure/{platform}/{component}/{environment}"]
  file: backend.hcl

components:
  - {platform: azure, component: network, environment: dev}
  - {platform: azure, component: aks, environment: dev, instance: aks-msdp-dev-01}
  - {platform: azure, component: addons, environment: dev}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Component:
    directory: str
    key: str
    name: str


COMPONENTS = (
    _Component(
        directory="infrastructure/azure/network/dev",
        key="azure/network/dev/terraform.tfstate",
        name="network",
    ),
    _Component(
        directory="infrastructure/azure/aks/dev",
        key="azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
        name="aks",
    ),
    _Component(
        directory="infrastructure/azure/addons/dev",
        key="azure/addons/dev/terraform.tfstate",
        name="addons",
    ),
)


def shared_table() -> Scenario:
    """Return the scenario."""
    return Scenario(
        name="shared-table",
        account="111111111111",
        region=REGION,
        files=(
            RepositoryFile(path="docs/backend-names.md", text=_CONVENTION),
            *(file for component in COMPONENTS for file in _component_files(component)),
            RepositoryFile(path=f"{OLD_ROOT}/main.tf", text=_old_root()),
        ),
        buckets=(SeedBucket(name=BUCKET, region=REGION, versioning=True),),
        tables=(SeedTable(name=TABLE, region=REGION),),
        states=tuple(
            SeedState(
                bucket=BUCKET,
                key=component.key,
                region=REGION,
                body=state_body(subject=component.key, serial=3, facts=_facts(component)),
                digest_table=TABLE,
            )
            for component in COMPONENTS
        ),
    )


def shared_table_declared() -> Scenario:
    """Return the scenario with the declaration of its fleet."""
    scenario = shared_table()
    declaration = RepositoryFile(path="holdfast.yaml", text=DECLARATION)
    return replace(scenario, name="shared-table-declared", files=(declaration, *scenario.files))


def _component_files(component: _Component) -> tuple[RepositoryFile, ...]:
    settings = backend_settings(bucket=BUCKET, key=component.key, region=REGION, table=TABLE)
    return (
        RepositoryFile(
            path=f"{component.directory}/main.tf", text=component_main(_facts(component))
        ),
        RepositoryFile(path=f"{component.directory}/backend.hcl", text=settings),
    )


def _facts(component: _Component) -> dict[str, str]:
    return {"component": component.name, "environment": "dev", "platform": "azure"}


def _old_root() -> str:
    settings = backend_settings(
        bucket="msdp-terraform-state",
        key="addons/aws-dev/terraform.tfstate",
        region=REGION,
        table="msdp-terraform-locks",
    )
    inside = "".join(f"    {line}\n" for line in settings.splitlines())
    facts = {"component": "addons", "environment": "dev", "platform": "aws"}
    return component_main(facts, backend=inside)
