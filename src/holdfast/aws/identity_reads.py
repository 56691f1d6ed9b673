"""Who asks: the caller's account, ARN and account alias."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.aws.connections import Connections
from holdfast.aws.reading import reads
from holdfast.core.backends import Access
from holdfast.core.cleaning import printable
from holdfast.core.cloud import Caller
from holdfast.core.facts import Fact, Known


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAddress:
    """Whose identity is asked for, and in which region: STS is asked where the backend is."""

    access: Access
    region: str | None


# GetCallerIdentity needs no permission and cannot be denied (STS API reference); what can fail is the
# credentials themselves.
@reads("sts:GetCallerIdentity")
def caller_identity(connections: Connections, address: CallerAddress) -> Caller:
    """Read GetCallerIdentity, and the account's alias where it may be read."""
    answer = connections.sts(address.access, address.region).get_caller_identity()
    arn = printable(answer["Arn"])
    named: Fact[str] = Known("")
    if not connections.leaves_store(address.access, "iam"):
        named = account_alias(connections, address)
    return Caller(
        account=answer["Account"],
        arn=arn,
        alias=named.value if isinstance(named, Known) else "",
        partition=arn.split(":")[1] if arn.startswith("arn:") else "aws",
    )


@reads("iam:ListAccountAliases")
def account_alias(connections: Connections, address: CallerAddress) -> str:
    """Read ListAccountAliases: an account has one alias or none."""
    client = connections.iam(address.access, address.region, retries=False)
    aliases = client.list_account_aliases()["AccountAliases"]
    return printable(aliases[0]) if aliases else ""
