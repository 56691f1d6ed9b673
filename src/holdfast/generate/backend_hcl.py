"""A component's backend as HCL: a partial file, a `backend` block, a terragrunt `remote_state`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.generate.backend_settings import NOTICE, BackendSettings
from holdfast.generate.hcl_blocks import (
    HclAttribute,
    HclBlock,
    HclItem,
    HclValue,
    hcl_comment,
    hcl_text,
)

TERRAGRUNT_FILE = "backend.tf"  # what terragrunt writes into its working directory for the engine
DISABLE_INIT_COMMENT = "# Bucket and table have a setup module: terragrunt must not create others."


def partial_file_text(settings: BackendSettings) -> str:
    """Return a file for `-backend-config=FILE`: `backend.hcl`, `*.tfbackend`."""
    return _marked(_attributes(settings))


def backend_block_text(settings: BackendSettings) -> str:
    """Return a `backend.tf` with the whole block."""
    block = HclBlock("backend", ("s3",), tuple(_attributes(settings)))
    return _marked([HclBlock("terraform", (), (block,))])


def remote_state_text(settings: BackendSettings) -> str:
    """Return a `remote_state` block for terragrunt, which is to include the file."""
    generated: HclValue = {"path": TERRAGRUNT_FILE, "if_exists": "overwrite_terragrunt"}
    items: tuple[HclItem, ...] = (
        HclAttribute("backend", "s3"),
        HclAttribute("disable_init", value=True, comment=DISABLE_INIT_COMMENT),
        HclAttribute("generate", generated),
        HclAttribute("config", dict(settings.arguments.values)),
    )
    return _marked([HclBlock("remote_state", (), items)])


def _attributes(settings: BackendSettings) -> Iterable[HclAttribute]:
    return [HclAttribute(name, value) for name, value in settings.arguments.values.items()]


def _marked(items: Iterable[HclItem]) -> str:
    return f"{hcl_comment(NOTICE)}\n\n{hcl_text(items)}"
