"""The official schemas of CI systems, as the package check-jsonschema carries them: no network is used."""

from enum import Enum
from pathlib import Path

from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner


class Schema(Enum):
    """A kind of file, and what check-jsonschema must be told to read it."""

    GITHUB_WORKFLOW = ("vendor.github-workflows",)
    GITHUB_ACTION = ("vendor.github-actions",)
    GITLAB = ("vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    AZURE = (
        "vendor.azure-pipelines",
        "--data-transform",
        "azure-pipelines",
        "--regex-variant",
        "nonunicode",
    )


def schema_mistakes(schema: Schema, *files: Path) -> str:
    """Return what is wrong with files of a kind; empty when they are right."""
    arguments = ["--builtin-schema", *schema.value, *(str(file) for file in files)]
    done = CliRunner().invoke(check_jsonschema, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return "" if done.exit_code == 0 else done.output
