"""Policies as `aws_iam_policy_document` data sources. Pure.

`${*}` of a policy is written `$${*}`, so that Terraform passes it on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from holdfast.core.generated import MARK
from holdfast.generate.github_trust import TrustPolicy
from holdfast.generate.hcl_blocks import HclAttribute, HclBlock, hcl_comment, hcl_text
from holdfast.generate.iam_grants import Grant, GrantCondition
from holdfast.generate.iam_policies import IamPolicy

NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9_]")


def policies_hcl(policies: Sequence[IamPolicy], trusts: Sequence[TrustPolicy] = ()) -> str:
    """Return the file with a data source for each policy, and for each trust policy."""
    notice = hcl_comment(f"{MARK}; change the declaration or the code, not this file.")
    blocks = (*map(_policy, policies), *map(_trust, trusts))
    return f"{notice}\n\n{hcl_text(blocks)}"


def _policy(policy: IamPolicy) -> HclBlock:
    statements = tuple(HclBlock("statement", (), _statement(each)) for each in policy.grants)
    return _document(policy.name, statements)


def _statement(grant: Grant) -> tuple[HclAttribute | HclBlock, ...]:
    effect = (HclAttribute("effect", "Deny"),) if grant.denies else ()
    return (
        HclAttribute("sid", grant.sid),
        *effect,
        HclAttribute("actions", grant.actions),
        HclAttribute("resources", grant.resources),
        *_conditions(grant.conditions),
    )


def _conditions(conditions: Sequence[GrantCondition]) -> Iterator[HclBlock]:
    for each in conditions:
        yield HclBlock(
            "condition",
            (),
            (
                HclAttribute("test", each.operator),
                HclAttribute("variable", each.key),
                HclAttribute("values", each.values),
            ),
        )


def _trust(trust: TrustPolicy) -> HclBlock:
    principals = HclBlock(
        "principals",
        (),
        (
            HclAttribute("type", "Federated"),
            HclAttribute("identifiers", (trust.provider_arn,)),
        ),
    )
    statement = HclBlock(
        "statement",
        (),
        (
            HclAttribute("sid", trust.sid),
            HclAttribute("actions", (trust.action,)),
            principals,
            *_conditions(trust.conditions),
        ),
    )
    return _document(trust.name, (statement,))


def _document(name: str, statements: tuple[HclBlock, ...]) -> HclBlock:
    return HclBlock("data", ("aws_iam_policy_document", NOT_OF_A_NAME.sub("_", name)), statements)
