"""The formats in which a component's backend is written, and the files that have them. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from holdfast.core.components import Component
from holdfast.generate.backend_command_line import (
    dotenv_text,
    github_output_text,
    init_arguments_text,
)
from holdfast.generate.backend_hcl import (
    backend_block_text,
    partial_file_text,
    remote_state_text,
)
from holdfast.generate.backend_json import backend_json_text, backend_tf_json_text
from holdfast.generate.backend_settings import BackendSettings


class BackendFormat(StrEnum):
    """Name a format, as `--format` has it."""

    HCL = "hcl"
    TF = "tf"
    TF_JSON = "tf-json"
    TERRAGRUNT = "terragrunt"
    JSON = "json"
    ARGUMENTS = "arguments"
    DOTENV = "dotenv"
    GITHUB_OUTPUT = "github-output"


# The file of a format where `layout.file` has another one; a format that is not here is for stdout alone.
FILE_NAMES = {
    BackendFormat.HCL: "backend.hcl",
    BackendFormat.TF: "backend.tf",
    BackendFormat.TF_JSON: "backend.tf.json",
    BackendFormat.TERRAGRUNT: "backend.terragrunt.hcl",
    BackendFormat.JSON: "backend.json",
}
# The longest ending that fits says the format.
FILE_ENDINGS = {
    ".tf.json": BackendFormat.TF_JSON,
    ".tf": BackendFormat.TF,
    "terragrunt.hcl": BackendFormat.TERRAGRUNT,
    ".json": BackendFormat.JSON,
    ".hcl": BackendFormat.HCL,
    ".tfbackend": BackendFormat.HCL,
}
# The engine reads these from the directory by itself: there can be one in a root, and no other block.
BLOCK_FORMATS = frozenset({BackendFormat.TF, BackendFormat.TF_JSON})


def format_of_file(name: str) -> BackendFormat | None:
    """Return the format that a file of this name has; None when its name does not say."""
    return next((found for ending, found in FILE_ENDINGS.items() if name.endswith(ending)), None)


def name_beside(
    component: Component, file_name: str, backend_format: BackendFormat, *, shared: bool
) -> str:
    """Return the name of a component's file in its root; `shared` when other components have the same root."""
    if shared and backend_format not in BLOCK_FORMATS:
        return f"{component.pipeline.replace('/', '-')}.{file_name}"
    return file_name


def backend_text(settings: BackendSettings, backend_format: BackendFormat) -> str:
    """Return the backend of a component in a format."""
    match backend_format:
        case BackendFormat.HCL:
            return partial_file_text(settings)
        case BackendFormat.TF:
            return backend_block_text(settings)
        case BackendFormat.TF_JSON:
            return backend_tf_json_text(settings)
        case BackendFormat.TERRAGRUNT:
            return remote_state_text(settings)
        case BackendFormat.JSON:
            return backend_json_text(settings)
        case BackendFormat.ARGUMENTS:
            return init_arguments_text(settings)
        case BackendFormat.DOTENV:
            return dotenv_text(settings)
        case BackendFormat.GITHUB_OUTPUT:
            return github_output_text(settings)
        case _:
            assert_never(backend_format)
