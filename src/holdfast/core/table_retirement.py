"""The retirement of a lock table: what a person would do, in which order. Nothing here is ever run. Pure."""

from __future__ import annotations

from holdfast.core.aws_command_lines import aws_line
from holdfast.core.backends import Backend
from holdfast.core.locking_plans import TableRetirement
from holdfast.core.repository import CreatedKind, Repository


def table_retirement(backend: Backend, table: str, repository: Repository) -> TableRetirement:
    """Describe the removal of a table: out of the code that creates it, a backup, and only then the table itself.

    A table whose deletion protection is on is not deleted (DynamoDB API, DeleteTable), and one that its setup module still
    creates would be there again after the next apply.
    """
    verbs = (
        ("create-backup", "--backup-name", f"{table}-retired"),
        ("update-table", "--no-deletion-protection-enabled"),
        ("delete-table",),
    )
    return TableRetirement(
        backend=backend.name,
        table=table,
        region=backend.region,
        creators=tuple(
            f"{each.span}: `{each.address}`"
            for module in repository.setup_modules
            for each in module.creations
            if each.kind is not CreatedKind.BUCKET and each.name == table
        ),
        commands=tuple(
            aws_line(
                "dynamodb",
                verb,
                "--table-name",
                table,
                *arguments,
                region=backend.region or "REGION",
                access=backend.access,
                endpoint=backend.access.endpoints.dynamodb,
            )
            for verb, *arguments in verbs
        ),
    )
