"""Scenario `two-regions`: sixteen layers in two regions, and one region has no lock table.

af-south-1 is complete. In us-east-1 the bucket was made by hand, the table was never made, and the directory
of the setup module is empty. One layer of af-south-1 was moved at some time, and its old state is still there.
"""

from dataclasses import dataclass

from holdfast.sandbox.scenarios.model import (
    RepositoryFile,
    Scenario,
    SeedBucket,
    SeedState,
    SeedTable,
    state_body,
)
from holdfast.sandbox.scenarios.terraform_code import backend_settings, component_main, setup_main

LAYERS = (
    "01-foundation",
    "02-platform",
    "03-databases",
    "03.5-observability",
    "03-standalone-compute",
    "04-database-layer",
    "05-client-nodegroups",
    "06-shared-services",
)
ORPHAN_KEY = "regions/af-south-1/layers/02-platform/production/terraform.tfstate"
_MOVED_LAYER = "02-platform"
_REGIONS = "terraform/providers/aws/regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    name: str
    bucket: str
    table: str


AF_SOUTH = _Region(
    name="af-south-1", bucket="cptwn-terraform-state-ezra", table="terraform-locks-af-south"
)
US_EAST = _Region(
    name="us-east-1", bucket="usest1-terraform-state-ezra", table="terraform-locks-us-east-1"
)


def two_regions() -> Scenario:
    """Return the scenario."""
    return Scenario(
        name="two-regions",
        account="111111111111",
        region=AF_SOUTH.name,
        files=(
            RepositoryFile(
                path=f"{_REGIONS}/{AF_SOUTH.name}/backend-setup/main.tf",
                text=setup_main(bucket=AF_SOUTH.bucket, table=AF_SOUTH.table, region=AF_SOUTH.name),
            ),
            RepositoryFile(path=f"{_REGIONS}/{US_EAST.name}/backend-setup/.gitkeep", text=""),
            *_layer_files(AF_SOUTH),
            *_layer_files(US_EAST),
        ),
        buckets=(
            SeedBucket(name=AF_SOUTH.bucket, region=AF_SOUTH.name, versioning=True),
            SeedBucket(name=US_EAST.bucket, region=US_EAST.name),
        ),
        tables=(SeedTable(name=AF_SOUTH.table, region=AF_SOUTH.name),),
        states=(
            *(_state(AF_SOUTH, layer, digest_table=AF_SOUTH.table) for layer in LAYERS),
            *(_state(US_EAST, layer, digest_table="") for layer in LAYERS),
            _orphan(),
        ),
    )


def layer_directory(region: str, layer: str) -> str:
    """Return the directory of a layer, relative to the repository."""
    return f"{_REGIONS}/{region}/layers/{layer}/production"


def layer_key(region: str, layer: str) -> str:
    """Return the key of a layer's state, as the code has it."""
    return f"providers/aws/regions/{region}/layers/{layer}/production/terraform.tfstate"


def _layer_files(region: _Region) -> tuple[RepositoryFile, ...]:
    return tuple(
        RepositoryFile(path=f"{layer_directory(region.name, layer)}/{name}", text=text)
        for layer in LAYERS
        for name, text in (
            ("main.tf", component_main(_facts(region, layer))),
            (
                "backend.hcl",
                backend_settings(
                    bucket=region.bucket,
                    key=layer_key(region.name, layer),
                    region=region.name,
                    table=region.table,
                ),
            ),
        )
    )


def _facts(region: _Region, layer: str) -> dict[str, str]:
    return {"environment": "production", "layer": layer, "region": region.name}


def _state(region: _Region, layer: str, *, digest_table: str) -> SeedState:
    return SeedState(
        bucket=region.bucket,
        key=layer_key(region.name, layer),
        region=region.name,
        body=state_body(subject=f"{region.name} {layer}", serial=7, facts=_facts(region, layer)),
        digest_table=digest_table,
    )


def _orphan() -> SeedState:
    """Return what was left behind: an earlier serial of the moved layer's lineage, under its old key."""
    body = state_body(
        subject=f"{AF_SOUTH.name} {_MOVED_LAYER}", serial=4, facts=_facts(AF_SOUTH, _MOVED_LAYER)
    )
    return SeedState(
        bucket=AF_SOUTH.bucket,
        key=ORPHAN_KEY,
        region=AF_SOUTH.name,
        body=body,
        digest_table=AF_SOUTH.table,
    )
