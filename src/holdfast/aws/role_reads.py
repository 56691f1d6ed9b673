"""What a role may do by its own policies, as IAM tells it, and IAM's own simulation of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from holdfast.aws.connections import Connections
from holdfast.aws.errors import error_code
from holdfast.aws.key_reads import KeyAddress
from holdfast.aws.reading import reads
from holdfast.core.access_judging import Simulated
from holdfast.core.backends import Access
from holdfast.core.cleaning import printable
from holdfast.core.policy_conditions import Request
from holdfast.core.policy_evaluation import Effect

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef

EFFECTS = {
    "allowed": Effect.ALLOWED,
    "explicitDeny": Effect.DENIED,
    "implicitDeny": Effect.SILENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAddress:
    """Which role, by its name, and with whose credentials IAM is asked."""

    access: Access
    region: str | None
    name: str

    def client(self, connections: Connections) -> IAMClient:
        """Return the IAM client of the partition."""
        return connections.iam(self.access, self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAddress:
    """A policy of a role: the name of an inline one, or the ARN of a managed one."""

    role: RoleAddress
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationAddress:
    """A request that a role would make."""

    role: RoleAddress
    arn: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that exists: its ARN with the path, and the ARN of its permissions boundary."""

    arn: str
    boundary: str | None


@reads("iam:GetRole")
def role(connections: Connections, address: RoleAddress) -> Role | None:
    """Read GetRole; None when there is no such role."""
    try:
        found = address.client(connections).get_role(RoleName=address.name)["Role"]
    except ClientError as error:
        if error_code(error) != "NoSuchEntity":
            raise
        return None
    boundary = found.get("PermissionsBoundary", {})
    return Role(
        arn=printable(found["Arn"]), boundary=boundary.get("PermissionsBoundaryArn") or None
    )


@reads("iam:ListRolePolicies")
def inline_policy_names(connections: Connections, address: RoleAddress) -> tuple[str, ...]:
    """Read ListRolePolicies, every page."""
    pages = address.client(connections).get_paginator("list_role_policies")
    return tuple(
        name for page in pages.paginate(RoleName=address.name) for name in page["PolicyNames"]
    )


@reads("iam:GetRolePolicy")
def inline_policy(connections: Connections, address: PolicyAddress) -> str:
    """Read GetRolePolicy: the document."""
    answer = address.role.client(connections).get_role_policy(
        RoleName=address.role.name, PolicyName=address.policy
    )
    return _text(answer["PolicyDocument"])


@reads("iam:ListAttachedRolePolicies")
def attached_policy_arns(connections: Connections, address: RoleAddress) -> tuple[str, ...]:
    """Read ListAttachedRolePolicies, every page."""
    pages = address.client(connections).get_paginator("list_attached_role_policies")
    return tuple(
        found["PolicyArn"]
        for page in pages.paginate(RoleName=address.name)
        for found in page["AttachedPolicies"]
    )


@reads("iam:GetPolicy")
def managed_policy_version(connections: Connections, address: PolicyAddress) -> str:
    """Read GetPolicy: the version that counts."""
    answer = address.role.client(connections).get_policy(PolicyArn=address.policy)
    return answer["Policy"]["DefaultVersionId"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionAddress:
    """One version of a managed policy."""

    policy: PolicyAddress
    version: str


@reads("iam:GetPolicyVersion")
def managed_policy(connections: Connections, address: VersionAddress) -> str:
    """Read GetPolicyVersion: the document."""
    answer = address.policy.role.client(connections).get_policy_version(
        PolicyArn=address.policy.policy, VersionId=address.version
    )
    return _text(answer["PolicyVersion"]["Document"])


@reads("kms:GetKeyPolicy")
def key_policy(connections: Connections, address: KeyAddress) -> str:
    """Read GetKeyPolicy: every key has one, which is called `default`."""
    answer = address.client(connections).get_key_policy(KeyId=address.key, PolicyName="default")
    return answer["Policy"]


@reads("iam:SimulatePrincipalPolicy")
def simulated(connections: Connections, address: SimulationAddress) -> Simulated:
    """Read SimulatePrincipalPolicy for one request, with everything that is known of it."""
    request = address.request
    answer = address.role.client(connections).simulate_principal_policy(
        PolicySourceArn=address.arn,
        ActionNames=[request.action],
        ResourceArns=[request.resource],
        ContextEntries=list(_entries(request.context)),
    )
    (result,) = answer["EvaluationResults"]
    return _simulated(result)


def _simulated(result: EvaluationResultTypeDef) -> Simulated:
    # Without a service control policy that applies, IAM says nothing of the organization.
    organization = result.get("OrganizationsDecisionDetail", {})
    sources = (each.get("SourcePolicyId", "") for each in result.get("MatchedStatements", []))
    return Simulated(
        effect=EFFECTS[result["EvalDecision"]],
        sources=tuple(dict.fromkeys(printable(each) for each in sources if each)),
        organization_allows=organization.get("AllowedByOrganizations"),
        missing=tuple(map(printable, result.get("MissingContextValues", []))),
    )


def _entries(
    context: Mapping[str, str | tuple[str, ...] | None],
) -> list[ContextEntryTypeDef]:
    """Return the condition keys that the request carries; one that it does not carry is left out."""
    entries: list[ContextEntryTypeDef] = []
    for key, value in context.items():
        match value:
            case str():
                entries.append(
                    {
                        "ContextKeyName": key,
                        "ContextKeyValues": [value],
                        "ContextKeyType": "boolean" if value in {"true", "false"} else "string",
                    }
                )
            case tuple():
                entries.append(
                    {
                        "ContextKeyName": key,
                        "ContextKeyValues": list(value),
                        "ContextKeyType": "stringList",
                    }
                )
            case None:
                pass
    return entries


def _text(document: object) -> str:
    """Return a document as text; botocore has read the JSON of it already."""
    return document if isinstance(document, str) else json.dumps(document)
