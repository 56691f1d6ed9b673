"""Targets of pipelines for the tests of what is generated for them."""

from dataclasses import replace
from typing import Any

from holdfast.core.engines import EngineName
from holdfast.generate.ci_targets import CiSettings, CiTarget

SETTINGS = CiSettings(branch="main", holdfast="holdfast>=0.1,<0.2")

ROLES = "arn:aws:iam::111111111111:role"

# A change is a field of the dataclass: `replace` refuses any other name.
Changes = Any


def target(**changes: Changes) -> CiTarget:
    """Return the target of the component `aks` of the shared-table fleet, with these fields changed."""
    aks = CiTarget(
        name="azure-aks-dev-aks-msdp-dev-01",
        root="infrastructure/azure/aks/dev",
        bucket="msdp-terraform-state-dev",
        key="azure/aks/dev/aks-msdp-dev-01/terraform.tfstate",
        region="eu-west-1",
        backend="dev",
        account_name="dev",
        account="111111111111",
        environment="dev",
        init_arguments=("-backend-config=backend.hcl",),
        engine=EngineName.TERRAFORM,
        engine_version="1.9.8",
    )
    return replace(aks, **changes)


TARGETS = (
    target(),
    target(plan_role=f"{ROLES}/plan", apply_role=f"{ROLES}/apply", engine=EngineName.TOFU),
    target(name="on", root=".", key="no", init_arguments=()),
)
