"""Read the policies that decide what a role can do with a state: the role's own, the bucket's, the table's, the keys'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from holdfast.aws.bucket_presence import BucketAddress
from holdfast.aws.bucket_reads import bucket_policy
from holdfast.aws.connections import Connections
from holdfast.aws.key_reads import KeyAddress
from holdfast.aws.role_reads import (
    PolicyAddress,
    RoleAddress,
    VersionAddress,
    attached_policy_arns,
    inline_policy,
    inline_policy_names,
    key_policy,
    managed_policy,
    managed_policy_version,
    role,
)
from holdfast.aws.table_reads import TableArnAddress, table_policy
from holdfast.core.access_judging import ResourceLayer
from holdfast.core.backends import Backend
from holdfast.core.cleaning import printable
from holdfast.core.engine_requests import StateInQuestion
from holdfast.core.facts import Fact, Known, Reason, Withheld
from holdfast.core.policy_document import (
    PolicyDocument,
    PolicyUnreadableError,
    parsed_identity_policy,
    parsed_policy,
)
from holdfast.core.policy_evaluation import NamedPolicy
from holdfast.core.policy_layers import PolicyLayer, Unread

ROLE_OWN = "the role's own policies"
NO_POLICIES = PolicyLayer()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRole:
    """A role with its policies; `arn` is None where IAM did not tell it. `absent` when there is no such role."""

    arn: str | None = None
    absent: bool = False
    identity: PolicyLayer = NO_POLICIES
    boundary: PolicyLayer | None = None


def unread_role(withheld: Withheld) -> ReadRole:
    """Return a role of which nothing could be read."""
    unread = PolicyLayer(unread=(Unread(what=ROLE_OWN, withheld=withheld),))
    return ReadRole(identity=unread)


def read_role(address: RoleAddress, connections: Connections) -> ReadRole:
    """Read a role, its inline and attached policies and its permissions boundary."""
    found = role(connections, address)
    identity = _joined((*_inline(address, connections), *_attached(address, connections)))
    match found:
        case Known(value):
            if value is None:
                return ReadRole(absent=True)
            boundary = (
                _joined((_managed(address, value.boundary, connections),))
                if value.boundary is not None
                else None
            )
            return ReadRole(arn=value.arn, identity=identity, boundary=boundary)
        case Withheld():
            # Whether there is a boundary is not known either: it could take everything away.
            unread = Unread(what="the permissions boundary", withheld=found)
            return ReadRole(identity=identity, boundary=PolicyLayer(unread=(unread,)))


def read_resources(
    backend: Backend, questions: Sequence[StateInQuestion], connections: Connections
) -> dict[str, ResourceLayer]:
    """Read the policies of the bucket, of the tables and of the keys of a state, by their ARNs."""
    bucket = BucketAddress(
        access=backend.access,
        region=backend.region,
        bucket=backend.bucket,
        account=backend.account,
    )
    found = {
        questions[0].backend.bucket_arn: ResourceLayer(
            layer=_resource_layer("the bucket policy", bucket_policy(connections, bucket)),
            account=backend.account,
        )
    }
    tables = (
        each.backend.table_arn(each.state.table)
        for each in questions
        if each.state.table is not None
    )
    for arn in dict.fromkeys(tables):
        table = TableArnAddress(access=backend.access, region=backend.region or "", arn=arn)
        found[arn] = ResourceLayer(
            layer=_resource_layer("the table's policy", table_policy(connections, table)),
            account=arn.split(":")[4],
        )
    keys = (
        arn for each in questions for arn in (*each.key_arns, each.table_key_arn) if arn is not None
    )
    for arn in dict.fromkeys(keys):
        key = KeyAddress(access=backend.access, region=backend.region, key=arn)
        found[arn] = ResourceLayer(
            layer=_resource_layer("the key policy", key_policy(connections, key)),
            account=arn.split(":")[4],
        )
    return found


def _inline(address: RoleAddress, connections: Connections) -> Iterable[PolicyLayer]:
    match inline_policy_names(connections, address):
        case Known(names):
            for name in names:
                text = inline_policy(connections, PolicyAddress(role=address, policy=name))
                yield _identity_layer(f"inline policy `{printable(name)}`", text)
        case Withheld() as withheld:
            yield PolicyLayer(unread=(Unread(what="the inline policies", withheld=withheld),))


def _attached(address: RoleAddress, connections: Connections) -> Iterable[PolicyLayer]:
    match attached_policy_arns(connections, address):
        case Known(arns):
            for arn in arns:
                yield _managed(address, arn, connections)
        case Withheld() as withheld:
            yield PolicyLayer(unread=(Unread(what="the attached policies", withheld=withheld),))


def _managed(address: RoleAddress, arn: str, connections: Connections) -> PolicyLayer:
    policy = PolicyAddress(role=address, policy=arn)
    name = f"policy `{printable(arn)}`"
    match managed_policy_version(connections, policy):
        case Known(version):
            return _identity_layer(
                name, managed_policy(connections, VersionAddress(policy=policy, version=version))
            )
        case Withheld() as withheld:
            return PolicyLayer(unread=(Unread(what=name, withheld=withheld),))


def _identity_layer(name: str, text: Fact[str]) -> PolicyLayer:
    match text:
        case Known(value):
            try:
                return _layer(name, parsed_identity_policy(value))
            except PolicyUnreadableError as error:
                return _not_understood(name, error)
        case Withheld():
            return PolicyLayer(unread=(Unread(what=name, withheld=text),))


def _resource_layer(name: str, text: Fact[str | None] | Fact[str]) -> PolicyLayer:
    match text:
        case Known(value):
            if value is None:
                return NO_POLICIES
            try:
                return _layer(name, parsed_policy(value))
            except PolicyUnreadableError as error:
                return _not_understood(name, error)
        case Withheld():
            return PolicyLayer(unread=(Unread(what=name, withheld=text),))


def _layer(name: str, document: PolicyDocument) -> PolicyLayer:
    return PolicyLayer(policies=(NamedPolicy(name=name, document=document),))


def _not_understood(name: str, error: PolicyUnreadableError) -> PolicyLayer:
    withheld = Withheld(reason=Reason.ERROR, detail=printable(f"it is not understood: {error}"))
    return PolicyLayer(unread=(Unread(what=name, withheld=withheld),))


def _joined(layers: Iterable[PolicyLayer]) -> PolicyLayer:
    joined = NO_POLICIES
    for each in layers:
        joined = replace(
            joined,
            policies=(*joined.policies, *each.policies),
            unread=(*joined.unread, *each.unread),
        )
    return joined
