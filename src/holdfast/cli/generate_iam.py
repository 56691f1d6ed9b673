"""`holdfast generate iam`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from holdfast.app.declared_fleet import nearest_declaration
from holdfast.app.fleet import FleetRequest
from holdfast.app.iam_keys import KeySource
from holdfast.app.iam_scopes import FoundScopes, ScopeRequest, permission_scopes
from holdfast.cli.generate_options import (
    Destination,
    GenerateRequest,
    deliver,
    generate_options,
    printed,
)
from holdfast.cli.options import (
    ACCOUNT_ID,
    connect,
    connection_options,
    region_of_environment,
)
from holdfast.cli.terminal import show_warning
from holdfast.core.adoption_backends import KMS_KEY_ARN
from holdfast.core.cleaning import printable
from holdfast.core.generated import GeneratedFile
from holdfast.core.permission_scope import BackendScope, WorkspaceUse
from holdfast.errors import (
    DeclarationMissingError,
    PolicyIncompleteError,
    UsageError,
)
from holdfast.generate.github_trust import (
    GithubIds,
    GithubSubject,
    TrustPolicy,
    github_ids,
    github_subject,
    github_trust,
)
from holdfast.generate.iam_hcl import policies_hcl
from holdfast.generate.iam_policies import (
    IamPolicy,
    accounts_of,
    policies_for,
    policy_json,
    policy_name,
)
from holdfast.generate.iam_roles import ENGINE_VERBS, Role

FOLDER = "iam"
WORKSPACE_NAME = re.compile(r"[A-Za-z0-9._~-]+")
NO_KEY = "none"  # DynamoDB's own
IDS_NOTE = (
    "note: repositories that were made, renamed or transferred after 2026-06-18 send ids with their names:"
    " add `--github-ids OWNER_ID/REPO_ID` for one of them"
)


@click.command("iam")
@click.argument("names", nargs=-1, metavar="[COMPONENT|BACKEND]...")
@generate_options
@connection_options
@click.option(
    "--role",
    "role_name",
    type=click.Choice([each.value for each in Role]),
    required=True,
    help=(
        "What the role is for: plan without a lock, plan, apply, break locks; check, repair and restore states,"
        " move one; audit and apply of Holdfast."
    ),
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["json", "hcl"]),
    help="IAM's own JSON, or data sources of Terraform. On stdout JSON, in files HCL by default.",
)
@click.option("--workspaces", is_flag=True, help="CLI workspaces of any name are used.")
@click.option(
    "--workspace",
    "workspace_names",
    multiple=True,
    metavar="NAME",
    help="A CLI workspace of this name is used; may be repeated.",
)
@click.option(
    "--account",
    type=ACCOUNT_ID,
    help="The account of backends for which neither code nor declaration names one.",
)
@click.option(
    "--table-key",
    "table_keys",
    multiple=True,
    metavar="TABLE=ARN",
    help="The KMS key that a lock table is encrypted with, or TABLE=none; may be repeated.",
)
@click.option("--online", is_flag=True, help="Ask AWS for the KMS keys of buckets and tables.")
@click.option(
    "--github",
    metavar="OWNER/REPO[:WHAT]",
    help=(
        "Write the trust policy for jobs of GitHub instead;"
        " WHAT is environment:NAME, branch:NAME or pull_request."
    ),
)
@click.option(
    "--github-ids",
    "ids_text",
    metavar="OWNER_ID/REPO_ID",
    help="The ids of the repository, which newer ones send as well.",
)
def generate_iam(
    *,
    request: GenerateRequest,
    names: tuple[str, ...],
    role_name: str,
    output_format: str | None,
    workspaces: bool,
    workspace_names: tuple[str, ...],
    account: str | None,
    table_keys: tuple[str, ...],
    online: bool,
    timeout_seconds: float,
    github: str | None,
    ids_text: str | None,
) -> int:
    """Write the least that a role must be allowed: exact keys, locks, digests and KMS keys.

    For everything, or for a component (pipeline name), a backend, a root or a key; `--role move` is for one move, and
    takes FROM and TO as `holdfast states move` does. The statements come from the calls that Terraform and Holdfast were
    seen to make; a test removes each action in turn and shows what fails. No declaration is needed. A
    policy that would be too large for IAM is divided into numbered ones. `--write` puts them below `iam/`; a JSON file
    bears no mark, and is replaced only with `--force`, with a copy kept, once it says something else.
    """
    role = Role(role_name)
    used = WorkspaceUse(names=tuple(map(workspace_name, workspace_names)), any_name=workspaces)
    if ids_text is not None and github is None:
        raise UsageError("`--github-ids` is for `--github`", world="nothing was read")
    ids = github_ids(ids_text) if ids_text is not None else None
    jobs = github_subject(github, role) if github is not None else None
    directory = directory_of(request)
    wanted = ScopeRequest(
        fleet=FleetRequest(
            directory=directory,
            declaration=request.declaration,
            region_default=region_of_environment(),
            on_warning=show_warning,
        ),
        names=names,
        workspaces=used,
        account=account,
        role=role,
    )
    given = dict(map(table_key, table_keys))
    if role not in ENGINE_VERBS or jobs is not None:
        found = permission_scopes(wanted)
    elif online:
        found = asked_scopes(wanted, given, timeout_seconds)
    else:
        found = permission_scopes(replace(wanted, keys=KeySource(tables=given)))
    for note in found.notes:
        print(f"note: {printable(note)}", file=sys.stderr)
    subject = "-".join(names)
    if jobs is not None:
        made = Made(
            name=policy_name(role, subject, "trust"),
            trusts=trust_policies(role, jobs, ids, found.scopes, subject_name=subject),
        )
    else:
        made = Made(
            name=policy_name(role, subject),
            policies=policies_for(role, found.scopes, subject=subject),
        )
    if request.destination is Destination.STDOUT and output_format != "hcl":
        return printed([(each.name, policy_json(each.document)) for each in made.documents])
    return deliver(files_for(made, output_format), directory, request)


def asked_scopes(
    wanted: ScopeRequest, given: Mapping[str, str | None], timeout_seconds: float
) -> FoundScopes:
    """Return what the names stand for, with the KMS keys that AWS tells."""
    from holdfast.app.iam_key_asking import AskedKeys

    with connect(timeout_seconds) as connections:
        keys = KeySource(tables=given, answers=AskedKeys(connections))
        return permission_scopes(replace(wanted, keys=keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was generated, and the name of the file that it would be in."""

    name: str
    policies: tuple[IamPolicy, ...] = ()
    trusts: tuple[TrustPolicy, ...] = ()

    @property
    def documents(self) -> tuple[IamPolicy | TrustPolicy, ...]:
        """Return all documents, in order."""
        return (*self.policies, *self.trusts)


def trust_policies(
    role: Role,
    jobs: GithubSubject,
    ids: GithubIds | None,
    scopes: Sequence[BackendScope],
    *,
    subject_name: str,
) -> tuple[TrustPolicy, ...]:
    """Return a trust policy for each account that the backends are in."""
    accounts = accounts_of(scopes)
    for scope in scopes:
        if scope.account is None:
            raise PolicyIncompleteError(scope.name, missing=("account",))
    if ids is None:
        print(IDS_NOTE, file=sys.stderr)
    return tuple(
        github_trust(
            role,
            jobs,
            partition=partition,
            account=account,
            ids=ids,
            subject_name="-".join(
                (subject_name, account) if len(accounts) > 1 else (subject_name,)
            ),
        )
        for partition, account in accounts
        if account is not None
    )


def files_for(made: Made, output_format: str | None) -> tuple[GeneratedFile, ...]:
    """Return one file of HCL, or one of JSON for each document: IAM takes no comment there, so that it bears no mark."""
    if output_format != "json":
        text = policies_hcl(made.policies, made.trusts)
        return (GeneratedFile(path=f"{FOLDER}/{made.name}.tf", text=text),)
    return tuple(
        GeneratedFile(
            path=f"{FOLDER}/{each.name}.json", text=policy_json(each.document), marked=False
        )
        for each in made.documents
    )


def table_key(text: str) -> tuple[str, str | None]:
    """Read `TABLE=ARN` or `TABLE=none`; raise `UsageError` for what is neither."""
    table, _, key = text.rpartition("=")
    if not table or (key != NO_KEY and KMS_KEY_ARN.fullmatch(key) is None):
        raise UsageError(
            f"`--table-key {printable(text)}` names no KMS key of a table",
            world="nothing was read",
            hints=("give the ARN, `--table-key locks=arn:aws:kms:…:key/…`, or `locks=none`",),
        )
    return table, None if key == NO_KEY else key


def workspace_name(text: str) -> str:
    """Return the name of a workspace; raise `UsageError` for one that Terraform refuses."""
    if WORKSPACE_NAME.fullmatch(text) is None or text == "default":
        raise UsageError(f"`{text}` is no name of a workspace besides `default`")
    return text


def directory_of(request: GenerateRequest) -> Path:
    """Return the directory of the declaration, or the current one where there is none."""
    try:
        return (request.declaration or nearest_declaration(Path())).parent
    except DeclarationMissingError:
        return Path()
